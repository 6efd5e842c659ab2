import { Column, CreateDateColumn, Entity, Generated, PrimaryColumn, Unique, UpdateDateColumn, VersionColumn } from 'typeorm';
import type { Role } from '../common/access.js';
import type { Gender } from './account.js';

@Entity('users')
@Unique('uq_users_number', ['number'])
@Unique('uq_users_username', ['usernameKey'])
@Unique('uq_users_email', ['emailKey'])
@Unique('uq_users_mobile', ['mobileKey'])
export class User {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_users' })
  id!: string;

  @Column({ type: 'integer' })
  @Generated('increment')
  number!: number;

  @Column({ type: 'text', nullable: true })
  username!: string | null;

  @Column({ type: 'text', name: 'username_key', nullable: true, collation: 'C' })
  usernameKey!: string | null;

  @Column({ type: 'text', nullable: true })
  email!: string | null;

  @Column({ type: 'text', name: 'email_key', nullable: true, collation: 'C' })
  emailKey!: string | null;

  @Column({ type: 'timestamptz', name: 'email_verified_at', nullable: true })
  emailVerifiedAt!: Date | null;

  /** The last proven address, while a new one counts but is not proven. */
  @Column({ type: 'text', name: 'recovery_email', nullable: true })
  recoveryEmail!: string | null;

  @Column({ type: 'text', nullable: true })
  mobile!: string | null;

  @Column({ type: 'text', name: 'mobile_key', nullable: true, collation: 'C' })
  mobileKey!: string | null;

  @Column({ type: 'timestamptz', name: 'mobile_verified_at', nullable: true })
  mobileVerifiedAt!: Date | null;

  @Column({ type: 'text', name: 'first_name', nullable: true })
  firstName!: string | null;

  @Column({ type: 'text', name: 'last_name', nullable: true })
  lastName!: string | null;

  @Column({ type: 'text', nullable: true })
  gender!: Gender | null;

  @Column({ type: 'text', nullable: true })
  locale!: string | null;

  @Column({ type: 'jsonb', default: {} })
  metadata!: object;

  /** Name of the stored picture. */
  @Column({ type: 'text', nullable: true })
  avatar!: string | null;

  @Column({ type: 'text', array: true, default: ['user'] })
  roles!: Role[];

  @Column({ type: 'text', name: 'password_hash', nullable: true })
  passwordHash!: string | null;

  @Column({ type: 'integer', name: 'session_epoch', default: 0 })
  sessionEpoch!: number;

  @Column({ type: 'timestamptz', name: 'activated_at', nullable: true })
  activatedAt!: Date | null;

  /** After too many wrong passwords in a row; a new password lifts it. */
  @Column({ type: 'timestamptz', name: 'password_locked_at', nullable: true })
  passwordLockedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'disabled_at', nullable: true })
  disabledAt!: Date | null;

  @Column({ type: 'text', name: 'disabled_reason', nullable: true })
  disabledReason!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;

  @VersionColumn({ type: 'integer' })
  version!: number;
}
