import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { AuditAction } from '../common/declared.js';
import type { AuditDetails, AuditOutcome, RecordedEvent } from './audit-event.js';

/** A recorded event. Used for reading only: events are inserted by the statement of the act that they report. */
@Entity('audit_events')
export class StoredEvent implements RecordedEvent {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_audit_events' })
  id!: string;

  /** Part of the primary key, because the table is partitioned by month. */
  @CreateDateColumn({ type: 'timestamptz', name: 'occurred_at', precision: 3, primary: true, primaryKeyConstraintName: 'pk_audit_events' })
  occurredAt!: Date;

  @Column({ type: 'text' })
  action!: AuditAction;

  @Column({ type: 'text' })
  outcome!: AuditOutcome;

  @Column({ type: 'uuid', name: 'actor_id', nullable: true })
  actorId!: string | null;

  @Column({ type: 'uuid', name: 'subject_id', nullable: true })
  subjectId!: string | null;

  @Column({ type: 'text', nullable: true })
  ip!: string | null;

  @Column({ type: 'text', name: 'user_agent', nullable: true })
  userAgent!: string | null;

  @Column({ type: 'text', name: 'request_id', nullable: true })
  requestId!: string | null;

  @Column({ type: 'jsonb', default: {} })
  details!: AuditDetails;
}
