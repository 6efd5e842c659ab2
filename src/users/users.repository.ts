import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan, Raw } from 'typeorm';
import { isId } from '../common/ids.js';
import { BatchedLookup } from '../database/batched-lookup.js';
import { DatabaseService } from '../database/database.service.js';
import type { Part } from '../database/part.js';
import { PAGE_ROWS } from '../database/row-pages.js';
import type { AccountActivity, AccountDraft } from './account.js';
import { ACCOUNT_FIELDS, rowOf } from './account-fields.js';
import { fieldsWritten } from './field-sets.js';
import { takenError } from './errors.js';
import type { IdentifierKind } from './identifiers.js';
import { UserActivity } from './user-activity.entity.js';
import { User } from './user.entity.js';

/** The columns of a new row, each with the property of the draft. */
const DRAFTED = (['id', ...fieldsWritten('register'), 'roles', 'passwordHash'] as const).flatMap((name) => {
  const { column, key } = rowOf(name);
  return [[name, column], ...(key === undefined ? [] : [[`${name}Key`, key]])] as [keyof AccountDraft, string][];
});

@Injectable()
export class UsersRepository {
  private insertion: string | undefined;
  private selectByIds: string | undefined;
  private readonly byId = new BatchedLookup((ids) => this.database.apart(() => this.readByIds(ids)));
  private readonly selectByKey: Partial<Record<IdentifierKind, string>> = {};

  constructor(private readonly database: DatabaseService) {}

  /**
   * Stores a new row, and along with it what reads the part that is named.
   * @throws EmailTakenError, UsernameTakenError, MobileTakenError, also when two requests race
   */
  async insert(draft: AccountDraft, along: (created: string) => readonly Part[]): Promise<User> {
    this.insertion ??= `INSERT INTO users (${DRAFTED.map(([, column]) => column).join(', ')})
      VALUES (${DRAFTED.map((_, index) => `$${index + 1}`).join(', ')}) RETURNING ${this.database.columnsOf(User)}`;
    const part = { as: 'account', sql: this.insertion, values: DRAFTED.map(([property]) => draft[property]) };
    try {
      const parts = [part, ...along(part.as)];
      const [user] = await this.database.together<User>('user-insert', parts, `SELECT * FROM ${part.as}`);
      if (user === undefined) throw new Error('INSERT … RETURNING gave no row');
      return user;
    } catch (error) {
      throw takenError(error);
    }
  }

  async findById(id: string): Promise<User | null> {
    // PostgreSQL takes UUIDs in capitals, too, and would fail for others with what is none.
    const key = id.toLowerCase();
    if (!isId(key)) return null;
    // In a transaction it may have been written just now.
    if (!this.database.inTransaction) return this.byId.find(key);
    return (await this.readByIds([key])).get(key) ?? null;
  }

  findByNumber(number: number): Promise<User | null> {
    return this.users.findOneBy({ number });
  }

  /** A page of all rows, after the one with this number. */
  findPage(after: number): Promise<User[]> {
    return this.users.find({ where: { number: MoreThan(after) }, order: { number: 'ASC' }, take: PAGE_ROWS });
  }

  /** The row, locked against other edits until the caller's transaction ends. */
  lockById(id: string): Promise<User | null> {
    return this.users.findOne({ where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /**
   * Changes columns of a row; `version` and `updated_at` move along.
   * @throws EmailTakenError, UsernameTakenError, MobileTakenError, also when two requests race
   */
  async update(id: string, columns: Partial<User>): Promise<void> {
    try {
      await this.users.update({ id }, columns);
    } catch (error) {
      throw takenError(error);
    }
  }

  /**
   * Deletes the row and, by foreign keys, everything that hangs on it.
   * @returns its picture and those that it had before; undefined when there was no row
   */
  async delete(id: string): Promise<string[] | undefined> {
    const { raw } = await this.users.createQueryBuilder().delete().where({ id }).returning('avatar, replaced_avatars').execute();
    const [row] = raw as { avatar: string | null; replaced_avatars: string[] | null }[];
    return row && [row.avatar, ...(row.replaced_avatars ?? [])].filter((name) => name !== null);
  }

  /**
   * The administrators who can act, locked until the caller's transaction ends. In one order always, so that two callers wait for
   * each other instead of deadlocking; the second finds what the first left.
   */
  async lockAdmins(): Promise<string[]> {
    const admins = await this.users.find({
      select: { id: true },
      where: { roles: Raw((roles) => `'admin' = ANY (${roles})`), disabledAt: IsNull() },
      order: { id: 'ASC' },
      lock: { mode: 'for_no_key_update' },
    });
    return admins.map((admin) => admin.id);
  }

  /** When the account last signed in, and wrong passwords since. */
  async findActivity(id: string): Promise<AccountActivity> {
    const select = { lastSignInAt: true, passwordFailures: true };
    const activity = await this.database.repo(UserActivity).findOne({ select, where: { userId: id } });
    return activity ?? { lastSignInAt: null, passwordFailures: 0 };
  }

  async findByKey(kind: IdentifierKind, key: string): Promise<User | null> {
    const sql = (this.selectByKey[kind] ??= `SELECT ${this.database.columnsOf(User)} FROM users WHERE ${ACCOUNT_FIELDS[kind].key} = $1`);
    const [user] = await this.database.named<User>(`user-by-${kind}`, sql, [key]);
    return user ?? null;
  }

  /** Whether an account with this role exists. */
  existsWithRole(role: string): Promise<boolean> {
    return this.users.existsBy({ roles: Raw((roles) => `:role = ANY (${roles})`, { role }) });
  }

  /** Notes when the account was first activated. */
  async activate(id: string): Promise<boolean> {
    const { affected } = await this.users.update({ id, disabledAt: IsNull() }, { activatedAt: () => 'coalesce(activated_at, now())' });
    return affected === 1;
  }

  /** Disables the account for a reason, or with null enables it; a disabled one stays disabled since when it was. */
  async setDisabled(id: string, reason: string | null): Promise<void> {
    const disabledAt = reason === null ? null : (): string => 'coalesce(disabled_at, now())';
    await this.users.update({ id }, { disabledAt, disabledReason: reason });
  }

  /** Puts an end to the password: only a new one lifts this lock. */
  async lockPassword(id: string): Promise<void> {
    await this.database.query(
      `UPDATE users SET password_locked_at = coalesce(password_locked_at, now()), password_worn_at = NULL
       WHERE id = $1 AND (password_locked_at IS NULL OR password_worn_at IS NOT NULL)`,
      [id],
    );
  }

  /** Takes the password away, and lets no other system's password be one. */
  async removePassword(id: string): Promise<void> {
    await this.database.query(
      `UPDATE users SET password_hash = NULL, password_locked_at = now(), password_worn_at = NULL, updated_at = now(), version = version + 1
       WHERE id = $1`,
      [id],
    );
  }

  /** Locks a password of which too many wrong ones were tried. */
  async lockWornPassword(id: string): Promise<void> {
    await this.database.query('UPDATE users SET password_locked_at = password_worn_at WHERE id = $1 AND password_locked_at IS NULL', [id]);
  }

  /** Forgets wrong passwords and lifts the lock that they brought. */
  async liftPasswordWear(id: string): Promise<void> {
    await this.database.query(
      `WITH counted AS (UPDATE user_activity SET password_failures = 0 WHERE user_id = $1)
       UPDATE users SET password_locked_at = NULL, password_worn_at = NULL WHERE id = $1 AND password_worn_at IS NOT NULL`,
      [id],
    );
  }

  /** Sets the password and unlocks it. */
  async setPasswordHash(id: string, hash: string): Promise<void> {
    await this.database.query(
      `WITH counted AS (UPDATE user_activity SET password_failures = 0 WHERE user_id = $1)
       UPDATE users SET password_hash = $2, password_locked_at = NULL, password_worn_at = NULL, updated_at = now(), version = version + 1
       WHERE id = $1`,
      [id, hash],
    );
  }

  /** Replaces a hash, or the lack of one, by a hash of the same password; not when the password was changed or locked meanwhile. */
  async replaceHash(id: string, old: string | null, stronger: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE users SET password_hash = $3
       WHERE id = $1 AND password_hash IS NOT DISTINCT FROM $2::text AND password_locked_at IS NULL RETURNING id`,
      [id, old, stronger],
    );
    return rows.length > 0;
  }

  /** Part of a statement that opens a session: notes the sign-in if `of` has a row. */
  signInNote(id: string, of: string): Part {
    const sql = `INSERT INTO user_activity (user_id, last_sign_in_at) SELECT $1::uuid, now() FROM ${of}
       ON CONFLICT (user_id) DO UPDATE SET last_sign_in_at = excluded.last_sign_in_at, password_failures = 0`;
    return { as: 'noted', sql, values: [id] };
  }

  /**
   * Counts a wrong password, and notes when there were `wornAt` in a row; costs an unknown id the same statement.
   * @returns whether it was this one that made them so many
   */
  async recordPasswordFailure(id: string, wornAt: number): Promise<boolean> {
    const rows = await this.database.query(
      `WITH counted AS (
         INSERT INTO user_activity AS a (user_id, password_failures) SELECT id, 1 FROM users WHERE id = $1 FOR KEY SHARE
         ON CONFLICT (user_id) DO UPDATE SET password_failures = a.password_failures + 1
         RETURNING user_id, password_failures)
       UPDATE users u SET password_worn_at = now() FROM counted
       WHERE u.id = counted.user_id AND counted.password_failures >= $2 AND u.password_locked_at IS NULL AND u.password_worn_at IS NULL
       RETURNING u.id`,
      [id, wornAt],
    );
    return rows.length > 0;
  }

  private async readByIds(ids: readonly string[]): Promise<Map<string, User>> {
    this.selectByIds ??= `SELECT ${this.database.columnsOf(User)} FROM users WHERE id = ANY ($1::uuid[])`;
    const rows = await this.database.named<User>('users-by-id', this.selectByIds, [ids]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  private get users() {
    return this.database.repo(User);
  }
}
