import type { Move } from './move.js';
import { type OldFields, toFlag, toObject, toText } from './old-values.js';
import type { Peer } from './peer.js';

/** Auth0's name of the connection whose accounts have passwords. */
const DATABASE = 'auth0';

/** Providers whose users have one id everywhere, or, as at Apple and Facebook, one for all apps of the same owner. */
const PRESETS: Readonly<Record<string, string>> = { 'google-oauth2': 'google', github: 'github', facebook: 'facebook', apple: 'apple' };

/** Members of a profile that its owner wrote, or a provider about the owner. */
const PROFILE = ['name', 'nickname', 'picture'] as const;

/** Members of an enrolment that means messages. */
const OTHER_FACTORS = new Map([
  ['phone', 'text message'],
  ['email', 'mail'],
]);

/** Columns that CSV makes of metadata: `user_metadata.country`. */
const METADATA_COLUMN = /^(user|app)_metadata\.(.+)$/;

/**
 * Auth0: the users-exports job of the Management API or the Import/Export extension, as JSON lines or CSV. Password hashes come from Auth0's
 * support as a second file. Source: Auth0's documentation, "Bulk Export User Data" and "Export password hashes".
 */
export const AUTH0: Peer = {
  name: 'Auth0',
  options: { 'password-hashes': { needed: false, help: 'the file of password hashes that Auth0’s support hands out (JSON lines)' } },
  seconds: [{ option: 'password-hashes', keyOf: idOfHash }],
  clean: withoutQuotes,
  read(move: Move): void {
    const hashId = idOfHash({ _id: move.take('_id', '_ID'), alt_id: move.take('alt_id') });
    const userId = move.text('user_id') ?? (hashId === null ? null : `${DATABASE}|${hashId}`);
    move.identify(userId);
    move.email(move.text('email'), move.flag('email_verified'));
    move.mobile(move.text('phone_number'), move.flag('phone_verified'));
    move.username(move.text('username'));
    const createdAt = move.time('created_at');
    move.set({ createdAt, activatedAt: createdAt ?? true, updatedAt: move.time('updated_at'), lastSignInAt: move.time('last_login') });
    move.set({ firstName: move.text('given_name'), lastName: move.text('family_name') });
    move.locale(move.text('locale'));
    for (const name of PROFILE) {
      const value = move.text(name);
      // Auth0 fills both from the address.
      const isCopy = value !== null && (toText(move.fields['email']) ?? '').toLowerCase().startsWith(value.toLowerCase());
      move.meta(name, isCopy ? null : value);
    }
    readMetadata(move);
    if (move.flag('blocked') === true) move.disable('Blocked in Auth0');
    readIdentities(move, userId);
    readFactors(move);
    readPassword(move, userId);
  },
};

/** `multifactor` names providers only. `mfa_factors` is the form in which Auth0 imports enrolments: files that were written for it have secrets. */
function readFactors(move: Move): void {
  for (const factor of move.list('multifactor')) move.note('factor.left_out', toText(factor) ?? 'unnamed');
  for (const factor of move.list('mfa_factors').map(toObject)) {
    const app = toObject(factor?.['totp']);
    if (app !== null) move.totp({ secret: toText(app['secret']) });
    for (const name of Object.keys(factor ?? {})) if (name !== 'totp') move.note('factor.left_out', OTHER_FACTORS.get(name) ?? name);
  }
}

function readMetadata(move: Move): void {
  for (const [name, value] of Object.entries(move.object('user_metadata') ?? {})) move.meta(name, value);
  for (const [name, value] of Object.entries(move.object('app_metadata') ?? {})) move.right(name, value);
  for (const column of move.names()) {
    const [, owner, name = ''] = METADATA_COLUMN.exec(column) ?? [];
    if (owner === 'user') move.meta(name, move.take(column));
    if (owner === 'app') move.right(name, move.take(column));
  }
}

function readIdentities(move: Move, userId: string | null): void {
  const identities = move.list('identities').map((identity) => toObject(identity));
  move.ignore('provider', 'connection', 'tenant', 'identities[0].connection', 'identities[0].provider', 'identities[0].user_id');
  const named = identities.flatMap((identity) => {
    const [provider, subject] = [toText(identity?.['provider']), toText(identity?.['user_id'])];
    return provider === null ? [] : [{ provider, subject, email: toText(toObject(identity?.['profileData'])?.['email']) }];
  });
  // A file may have the id alone, which begins with the provider.
  const [prefix, ...rest] = userId?.split('|') ?? [];
  if (named.length === 0 && prefix !== undefined) named.push({ provider: prefix, subject: rest.join('|'), email: null });
  for (const { provider, ...identity } of named) {
    if (provider !== DATABASE) move.identity(provider, { preset: PRESETS[provider], ...identity });
  }
}

function readPassword(move: Move, userId: string | null): void {
  const [prefix, ...rest] = userId?.split('|') ?? [];
  const own = move.text('passwordHash', 'password_hash');
  move.ignore('password_set_date', '_tmp_is_unique');
  const [found] = prefix === DATABASE ? (move.second(rest.join('|'), 'password-hashes') ?? []) : [];
  const hash = own ?? toText(found?.['passwordHash']);
  move.password(hash, prefix === DATABASE ? 'no hash in --password-hashes' : 'Auth0 has none');
}

/** The part of `user_id` behind `auth0|`. */
function idOfHash(record: OldFields): string | null {
  return toText(record['alt_id']) ?? toText(toObject(record['_id'] ?? record['_ID'])?.['$oid']);
}

/** In CSV, Auth0 puts an apostrophe in front of every text, so that no spreadsheet evaluates it. */
function withoutQuotes(record: OldFields): OldFields {
  const texts = Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const isQuoted = texts.length > 0 && texts.every(([, text]) => text.startsWith("'") || toFlag(text) !== null || /^[\d.]*$/.test(text));
  return isQuoted ? { ...record, ...Object.fromEntries(texts.map(([name, text]) => [name, text.replace(/^'/, '')])) } : record;
}
