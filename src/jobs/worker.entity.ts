import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A worker pool and the time of its last heartbeat. */
@Entity('mail_workers')
export class Worker {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_mail_workers' })
  id!: string;

  @Column({ type: 'timestamptz', name: 'seen_at', default: () => 'now()' })
  seenAt!: Date;
}
