import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AccountActivity } from './account.js';

/** Data that changes with each sign-in. It has a table of its own, so that a sign-in does not rewrite the account's row. */
@Entity('user_activity')
export class UserActivity implements AccountActivity {
  @PrimaryColumn({ type: 'uuid', name: 'user_id', primaryKeyConstraintName: 'pk_user_activity' })
  userId!: string;

  @Column({ type: 'timestamptz', name: 'last_sign_in_at', nullable: true })
  lastSignInAt!: Date | null;

  /** Number of wrong passwords since the last correct one. */
  @Column({ type: 'integer', name: 'password_failures', default: 0 })
  passwordFailures!: number;
}
