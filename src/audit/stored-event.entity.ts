import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { AuditAction } from '../common/declared.js';
import type { AuditDetails, AuditOutcome, RecordedEvent } from './audit-event.js';

/** An event on record. It is stored by the statement of what it reports, and read through this. */
@Entity('audit_events')
export class StoredEvent implements RecordedEvent {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_audit_events' })
  id!: string;

  /** Part of the key, since the table has a partition for each month. */
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
