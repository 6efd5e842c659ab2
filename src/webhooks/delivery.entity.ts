import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * `pending`: waits for its first attempt; `failed`: the last attempt failed, and another will follow; `delivered`: the receiver took it;
 * `dead`: given up.
 */
export const DELIVERY_STATES = ['pending', 'failed', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One event for one endpoint; each attempt overwrites what is told of the one before. */
@Entity('webhook_deliveries')
@Check('ck_webhook_deliveries_state', `state IN ('pending', 'failed', 'delivered', 'dead')`)
@Index('ix_webhook_deliveries_due', ['endpointId', 'nextAt', 'id'], { where: `state IN ('pending', 'failed')` })
@Index('ix_webhook_deliveries_done', ['createdAt'], { where: `state IN ('delivered', 'dead')` })
export class Delivery {
  @PrimaryColumn({ type: 'uuid', name: 'endpoint_id', primaryKeyConstraintName: 'pk_webhook_deliveries' })
  endpointId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_webhook_deliveries' })
  id!: string;

  /** Id and time of the event in the audit log. */
  @Column({ type: 'bigint', name: 'event_id' })
  eventId!: string;

  @Column({ type: 'timestamptz', name: 'event_at', precision: 3 })
  eventAt!: Date;

  @Column({ type: 'text' })
  type!: string;

  /** Version of the account after the act; null if the event concerns none. */
  @Column({ type: 'integer', nullable: true })
  version!: number | null;

  @Column({ type: 'text', default: 'pending' })
  state!: DeliveryState;

  /** Attempts since it was queued or replayed; also shows a sender that it has lost its lease. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ type: 'timestamptz', name: 'next_at', default: () => 'now()' })
  nextAt!: Date;

  @Column({ type: 'timestamptz', name: 'leased_until', nullable: true })
  leasedUntil!: Date | null;

  @Column({ type: 'timestamptz', name: 'attempted_at', nullable: true })
  attemptedAt!: Date | null;

  /** Status of the answer; null without one. */
  @Column({ type: 'integer', nullable: true })
  status!: number | null;

  /** Why there was no answer. */
  @Column({ type: 'text', nullable: true })
  error!: string | null;

  /** Beginning of the answer's body. */
  @Column({ type: 'text', nullable: true })
  response!: string | null;

  @Column({ type: 'integer', name: 'duration_ms', nullable: true })
  durationMs!: number | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
