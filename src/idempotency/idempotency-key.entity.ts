import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A request with an `Idempotency-Key`, and its answer once there is one. */
@Entity('idempotency_keys')
export class IdempotencyKey {
  /** SHA-256 of the route, the caller and the key. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'pk_idempotency_keys' })
  id!: Buffer;

  /** Id of the attempt that holds the key. */
  @Column({ type: 'uuid' })
  claim!: string;

  @Column({ type: 'uuid', name: 'user_id', nullable: true })
  userId!: string | null;

  @Column({ type: 'text', name: 'secret_id' })
  secretId!: string;

  @Column({ type: 'bytea', name: 'request_mac' })
  mac!: Buffer;

  @Column({ type: 'timestamptz', name: 'leased_until' })
  leasedUntil!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;

  /** Null while the request is running. */
  @Column({ type: 'integer', nullable: true })
  status!: number | null;

  @Column({ type: 'jsonb', nullable: true })
  headers!: Record<string, string> | null;

  /** JSON; null for an answer without a body. */
  @Column({ type: 'text', nullable: true })
  body!: string | null;
}
