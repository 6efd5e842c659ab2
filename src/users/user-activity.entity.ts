import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AccountActivity } from './account.js';

/** What changes with each sign-in, apart from the account's row so that this stays as it is. */
@Entity('user_activity')
export class UserActivity implements AccountActivity {
  @PrimaryColumn({ type: 'uuid', name: 'user_id', primaryKeyConstraintName: 'pk_user_activity' })
  userId!: string;

  @Column({ type: 'timestamptz', name: 'last_sign_in_at', nullable: true })
  lastSignInAt!: Date | null;

  /** Wrong passwords since the last right one. */
  @Column({ type: 'integer', name: 'password_failures', default: 0 })
  passwordFailures!: number;
}
