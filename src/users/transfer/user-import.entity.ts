import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { ImportCounts } from './account-transfer.js';

/** An import of accounts that is under way or broken off. */
@Entity('user_imports')
export class UserImport {
  /** SHA-256 of the file, hexadecimal. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_user_imports' })
  id!: string;

  /** Records of the file that are done. */
  @Column({ type: 'integer' })
  records!: number;

  @Column({ type: 'jsonb' })
  counts!: ImportCounts;

  @CreateDateColumn({ type: 'timestamptz', name: 'started_at' })
  startedAt!: Date;
}
