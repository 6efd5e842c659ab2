import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A pool of workers that does jobs, and when it last said so. */
@Entity('mail_workers')
export class Worker {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_mail_workers' })
  id!: string;

  @Column({ type: 'timestamptz', name: 'seen_at', default: () => 'now()' })
  seenAt!: Date;
}
