import {
  Column,
  type ColumnOptions,
  CreateDateColumn,
  Entity,
  Generated,
  PrimaryColumn,
  Unique,
  UpdateDateColumn,
  VersionColumn,
} from 'typeorm';
import { type AccountField, FIELD_ROWS } from './account-fields.js';
import type { FieldKeys, FieldValues, FieldsWith } from './field-sets.js';

/** The columns of the fields that are not generated, defined by their rows. */
class GivenColumns {}

for (const [name, row] of FIELD_ROWS) {
  if (row.generated === true || row.table !== undefined) continue;
  Column(optionsOf(row))(GivenColumns.prototype, name);
  if (row.key === undefined) continue;
  Column({ type: 'text', name: row.key, nullable: true, collation: 'C' })(GivenColumns.prototype, `${name}Key`);
}

function optionsOf({ column, type, nullable = false, default: empty }: AccountField): ColumnOptions {
  const isList = type === 'text[]';
  return { name: column, type: isList ? 'text' : type, array: isList, nullable, default: empty };
}

/** TypeORM's update types do not accept an index signature, so metadata is any object here. */
type Given = Omit<FieldValues, FieldsWith<'generated' | 'table'> | 'metadata' | 'publicMetadata'> &
  FieldKeys & { metadata: object; publicMetadata: object };

/** The members that the class itself must declare. */
type GeneratedFields = Pick<FieldValues, FieldsWith<'generated'>>;

@Entity('users')
@Unique('uq_users_number', ['number'])
@Unique('uq_users_username', ['usernameKey'])
@Unique('uq_users_email', ['emailKey'])
@Unique('uq_users_mobile', ['mobileKey'])
export class User extends (GivenColumns as new () => Given) implements GeneratedFields {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_users' })
  id!: string;

  @Column({ type: 'integer' })
  @Generated('increment')
  number!: number;

  @Column({ type: 'integer', name: 'session_epoch', default: 0 })
  sessionEpoch!: number;

  /** Whether the address was added later and without proof: then it gives way to anybody else. */
  @Column({ type: 'boolean', name: 'email_claimed', default: false })
  emailClaimed!: boolean;

  /** The same of the number. */
  @Column({ type: 'boolean', name: 'mobile_claimed', default: false })
  mobileClaimed!: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;

  @VersionColumn({ type: 'integer' })
  version!: number;
}
