import type { MailAbout } from '../common/capability.js';
import type { MailDevice } from './writing/device.js';
import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/**
 * `dropped`: its code was no longer valid; `failed`: it could not be handed over; `bounced`: it was handed over, and then the provider
 * reported a bounce or complaint.
 */
export type MailState = 'queued' | 'sent' | 'dropped' | 'failed' | 'bounced';

/** Display data of a mail. Never a code, a link or any other credential. */
export interface MailParams {
  firstName?: string | null;
  /** For notices: the device of the act. Older rows have it in words: `Chrome on macOS`. */
  device?: MailDevice | string | null;
  /** For notices: the IP address of the act. */
  ip?: string | null;
  /** For notices: what the act was about. Older rows have it in words: `a passkey`. */
  about?: MailAbout | null;
}

@Entity('mails')
@Unique('uq_mails_dedupe_key', ['dedupeKey'])
@Check('ck_mails_state', `state IN ('queued', 'sent', 'dropped', 'failed', 'bounced')`)
@Index('ix_mails_user', ['userId'], { where: 'user_id IS NOT NULL' })
@Index('ix_mails_due_at', ['dueAt'], { where: `state = 'queued'` })
@Index('ix_mails_done', ['createdAt'], { where: `state <> 'queued'` })
export class Mail {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_mails' })
  id!: string;

  @Column({ type: 'text', name: 'dedupe_key' })
  dedupeKey!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'uuid', name: 'user_id', nullable: true })
  userId!: string | null;

  @Column({ type: 'text' })
  recipient!: string;

  @Column({ type: 'text', nullable: true })
  locale!: string | null;

  @Column({ type: 'jsonb', default: {} })
  params!: MailParams;

  @Column({ type: 'uuid', name: 'challenge_id', nullable: true })
  challengeId!: string | null;

  @Column({ type: 'text', name: 'message_id' })
  messageId!: string;

  @Column({ type: 'text', default: 'queued' })
  state!: MailState;

  /** Number of claims; also shows a worker that it has lost its claim. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Column({ type: 'text', name: 'last_error', nullable: true })
  lastError!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'due_at', default: () => 'now()' })
  dueAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'claimed_at', nullable: true })
  claimedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'leased_until', nullable: true })
  leasedUntil!: Date | null;

  @Column({ type: 'timestamptz', name: 'sent_at', nullable: true })
  sentAt!: Date | null;
}
