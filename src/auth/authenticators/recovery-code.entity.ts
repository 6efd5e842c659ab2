import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** One recovery code of an account. */
@Entity('recovery_codes')
export class RecoveryCode {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_recovery_codes' })
  id!: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId!: string;

  /** Rises each time that the account gets new codes; only one generation is kept. */
  @Column({ type: 'integer' })
  generation!: number;

  /** Keyed HMAC of the code. */
  @Column({ type: 'bytea' })
  mac!: Buffer;

  /** Id of the root secret under which the HMAC was made; null in rows that are older than this column. */
  @Column({ type: 'text', name: 'key_id', nullable: true })
  keyId!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'used_at', nullable: true })
  usedAt!: Date | null;
}
