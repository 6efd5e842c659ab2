import type { Move } from './move.js';
import { type OldFields, toText, toTime } from './old-values.js';
import type { Peer } from './peer.js';

/** The provider of accounts with a password. */
const CREDENTIAL = 'credential';

/** Providers whose users have one id everywhere, or, as at Apple, Facebook and LinkedIn, one for all apps of the same owner. */
const PRESETS = ['google', 'github', 'apple', 'discord', 'facebook', 'linkedin'];

/** Roles that every user has. Source: better-auth's plugin `admin`. */
const COMMON_ROLE = 'user';

/**
 * better-auth: its tables `user` and `account` as JSON lines, with column names in camel or snake case. Source: `packages/core/src/db/schema`
 * and the schemas of the plugins username, phone number, admin, two factor, anonymous.
 */
export const BETTER_AUTH: Peer = {
  name: 'better-auth',
  options: { accounts: { needed: true, help: 'its table `account`, which has the passwords (JSON lines)' } },
  seconds: [{ option: 'accounts', keyOf: (record) => toText(record['userId'] ?? record['user_id']) }],
  read(move: Move): void {
    if (move.flag('isAnonymous', 'is_anonymous') === true) return move.leaveOut('anonymous users');
    const id = move.text('id');
    move.identify(id);
    const isProven = move.flag('emailVerified', 'email_verified');
    move.email(move.text('email'), isProven);
    move.mobile(move.text('phoneNumber', 'phone_number'), move.flag('phoneNumberVerified', 'phone_number_verified'));
    const [username, shown] = [move.text('username'), move.text('displayUsername', 'display_username')];
    // The display form differs in capitals only, unless the app normalises usernames in a way of its own.
    move.username(shown !== null && shown.toLowerCase() === username ? shown : username);
    const createdAt = move.time('createdAt', 'created_at');
    move.set({ createdAt, activatedAt: createdAt ?? true, updatedAt: move.time('updatedAt', 'updated_at') });
    move.set({ lastSignInAt: move.time('lastLoginAt', 'last_login_at') });
    move.meta('name', move.text('name'));
    move.meta('image', move.text('image'));
    for (const role of move.list('role')) if (role !== COMMON_ROLE) move.note('role.left_out', String(role));
    const until = move.time('banExpires', 'ban_expires');
    const reason = move.text('banReason', 'ban_reason');
    if (move.flag('banned') === true && !(until !== null && new Date(until).getTime() < Date.now())) {
      move.disable(reason ?? 'Banned in better-auth');
    }
    if (move.flag('twoFactorEnabled', 'two_factor_enabled') === true) move.note('factor.left_out', 'one-time code of an app');
    readAccounts(move, id === null ? [] : (move.second(id, 'accounts') ?? []));
  },
};

function readAccounts(move: Move, accounts: readonly OldFields[]): void {
  let hash: string | null = null;
  for (const account of accounts) {
    const provider = toText(account['providerId'] ?? account['provider_id']) ?? 'a provider';
    if (provider === CREDENTIAL) hash = toText(account['password']);
    else
      move.identity(provider, {
        preset: PRESETS.find((name) => name === provider),
        subject: toText(account['accountId'] ?? account['account_id']),
        createdAt: toTime(account['createdAt'] ?? account['created_at']),
      });
  }
  move.password(hash, 'no credential in --accounts');
}
