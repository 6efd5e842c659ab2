import { Check, Column, CreateDateColumn, Entity, Generated, Index, PrimaryColumn, Unique, UpdateDateColumn, VersionColumn } from 'typeorm';

@Entity('books')
@Unique('uq_books_number', ['number'])
@Unique('uq_books_isbn', ['isbn'])
@Check('ck_books_copies', 'copies >= 0')
@Index('ix_books_title', ['titleKey', 'id'])
export class StoredBook {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_books' })
  id!: string;

  @Column({ type: 'integer' })
  @Generated('increment')
  number!: number;

  @Column({ type: 'text' })
  title!: string;

  /** Beginning of the title in the form for searches. */
  @Column({ type: 'text', name: 'title_key', collation: 'C' })
  titleKey!: string;

  @Column({ type: 'text', array: true })
  authors!: string[];

  @Column({ type: 'text', nullable: true, collation: 'C' })
  isbn!: string | null;

  @Column({ type: 'integer', nullable: true })
  year!: number | null;

  @Column({ type: 'integer' })
  copies!: number;

  /** Only written and searched, never selected. */
  @Column({ type: 'text', select: false })
  search!: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;

  @VersionColumn({ type: 'integer' })
  version!: number;
}
