import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A token of a report that was taken: a report with it again is refused. */
@Entity('mail_report_tokens')
@Index('ix_mail_report_tokens_expires_at', ['expiresAt'])
export class ReportToken {
  /** SHA-256 of provider and token. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'pk_mail_report_tokens' })
  id!: Buffer;

  /** Until then it is kept; after that a report with it is too old. */
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
}
