import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { ChallengePurpose } from '../../common/declared.js';

/** One mailed code and link: proof that somebody reads what is sent to an address. */
@Entity('challenges')
export class Challenge {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_challenges' })
  id!: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId!: string;

  @Column({ type: 'text' })
  purpose!: ChallengePurpose;

  /** Where it was sent; it proves this address and no other. */
  @Column({ type: 'text' })
  address!: string;

  /** Where the page behind the link may lead back to. */
  @Column({ type: 'text', name: 'return_to', nullable: true })
  returnTo!: string | null;

  /** Which root secret code and link are derived from. */
  @Column({ type: 'text', name: 'secret_id' })
  secretId!: string;

  /** Keyed HMAC of the code. */
  @Column({ type: 'bytea', name: 'code_mac' })
  codeMac!: Buffer;

  @Column({ type: 'integer', default: 0 })
  tries!: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'consumed_at', nullable: true })
  consumedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'superseded_at', nullable: true })
  supersededAt!: Date | null;
}
