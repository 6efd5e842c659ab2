import { Column, CreateDateColumn, Entity, Generated, Index, PrimaryColumn } from 'typeorm';

/** A text of an operator's own. Its key and locale may be those of another version of the server. */
@Entity('translations')
@Index('ix_translations_updated_by', ['updatedBy'], { where: 'updated_by IS NOT NULL' })
export class StoredTranslation {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'pk_translations' })
  locale!: string;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'pk_translations' })
  key!: string;

  @Column({ type: 'text' })
  text!: string;

  /** Another one with every edit, also after the text was deleted. */
  @Column({ type: 'integer' })
  @Generated('increment')
  version!: number;

  /** Null: an account that is deleted. */
  @Column({ type: 'uuid', name: 'updated_by', nullable: true })
  updatedBy!: string | null;

  /** Every edit is a row of its own. */
  @CreateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}
