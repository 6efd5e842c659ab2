import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { ChallengePurpose } from '../../common/declared.js';
import type { Bound } from './bound.js';

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

  /** The contract through which it was asked for; null for the API of the core. */
  @Column({ type: 'text', name: 'client_id', nullable: true })
  clientId!: string | null;

  /** What it is about beside its address: the act that the mail told of. */
  @Column({ type: 'jsonb', nullable: true })
  bound!: Bound | null;

  /** Which root secret code and link are derived from. */
  @Column({ type: 'text', name: 'secret_id' })
  secretId!: string;

  /** Keyed HMAC of the code. */
  @Column({ type: 'bytea', name: 'code_mac' })
  codeMac!: Buffer;

  /** Length of the code: 6 or 8. */
  @Column({ type: 'smallint', name: 'code_digits', default: 6 })
  codeDigits!: number;

  /** Where wrong codes for its purpose and address are counted; null if a version made it that counted by account. */
  @Column({ type: 'bytea', nullable: true })
  tally!: Buffer | null;

  /** Keyed HMACs of the networks that asked for the code, the newest first: each has tries of its own. */
  @Column({ type: 'bytea', array: true, default: '{}' })
  askers!: Buffer[];

  /** Wrong codes, from everywhere. */
  @Column({ type: 'integer', default: 0 })
  tries!: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'consumed_at', nullable: true })
  consumedAt!: Date | null;

  /** When it was replaced, or closed; the one that another keeps beside it stays good nevertheless. */
  @Column({ type: 'timestamptz', name: 'superseded_at', nullable: true })
  supersededAt!: Date | null;

  /** Id of an earlier one that stays good for as long as this one is open. */
  @Column({ type: 'uuid', nullable: true })
  beside!: string | null;
}
