import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { ImportCounts } from './account-transfer.js';

/** Progress of a running or interrupted import of accounts. */
@Entity('user_imports')
export class UserImport {
  /** SHA-256 of the file, hexadecimal. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_user_imports' })
  id!: string;

  /** Number of processed records. */
  @Column({ type: 'integer' })
  records!: number;

  @Column({ type: 'jsonb' })
  counts!: ImportCounts;

  @CreateDateColumn({ type: 'timestamptz', name: 'started_at' })
  startedAt!: Date;
}
