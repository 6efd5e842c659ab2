import { Column, Entity, Index, PrimaryColumn, Unique, Check } from 'typeorm';

/** What the challenge asks for: a new passkey, or a proof by one. */
export type ChallengedAct = 'create' | 'get';

/** A question that waits for its answer. */
@Entity('webauthn_challenges')
@Unique('uq_webauthn_challenges_challenge', ['challenge'])
@Check('ck_webauthn_challenges_act', `act IN ('create', 'get')`)
@Index('ix_webauthn_challenges_bound_to', ['boundTo', 'id'])
@Index('ix_webauthn_challenges_expires_at', ['expiresAt'])
export class WebauthnChallenge {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_webauthn_challenges' })
  id!: string;

  @Column({ type: 'bytea' })
  challenge!: Buffer;

  @Column({ type: 'text' })
  act!: ChallengedAct;

  /** Id of the sign-in that asks, or of the session that registers. */
  @Column({ type: 'uuid', name: 'bound_to' })
  boundTo!: string;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
}
