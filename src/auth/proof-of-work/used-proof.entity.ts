import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A proof of work that was used. */
@Entity('proofs_of_work')
@Index('ix_proofs_of_work_expires_at', ['expiresAt'])
export class UsedProof {
  /** The nonce of its challenge. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'pk_proofs_of_work' })
  id!: Buffer;

  /** Until then it is kept; after that nobody could use it again. */
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
}
