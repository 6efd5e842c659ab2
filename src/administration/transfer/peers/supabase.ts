import type { Move } from './move.js';
import { toText, toTime } from './old-values.js';
import type { Peer } from './peer.js';

/** Ways to sign in that an account here has by itself. */
const OWN_WAYS = ['email', 'phone'];

/** What GoTrue writes into the metadata by itself: copies of columns and of the provider's token. */
const COPIES = ['sub', 'iss', 'email', 'phone', 'email_verified', 'phone_verified', 'provider_id'];

const OTHER_FACTORS = new Map([
  ['phone', 'text message'],
  ['webauthn', 'passkey'],
]);

/** Roles that every account has. */
const COMMON_ROLES = ['authenticated', 'anon'];

/** Supabase, or any GoTrue: the table `auth.users` as CSV or JSON lines. Source: GoTrue's migrations and its `models/user.go`. */
export const SUPABASE: Peer = {
  name: 'Supabase',
  options: {
    'mfa-factors': { needed: false, help: 'its table `auth.mfa_factors`, which has the secrets of authenticator apps (JSON lines)' },
  },
  second: { option: 'mfa-factors', keyOf: (record) => toText(record['user_id']) },
  read(move: Move): void {
    if (move.flag('is_anonymous') === true) return move.leaveOut('anonymous users');
    if (move.time('deleted_at') !== null) return move.leaveOut('deleted users');
    move.identify(move.text('id'));
    const createdAt = move.time('created_at');
    const [emailProof, phoneProof] = [move.time('email_confirmed_at'), move.time('phone_confirmed_at')];
    const [phone, anyProof] = [move.text('phone'), move.time('confirmed_at')];
    // Before GoTrue knew numbers, it had this one column for the proof.
    move.email(move.text('email'), emailProof ?? (phone === null ? anyProof : null));
    // GoTrue stores numbers in E.164 without the plus sign.
    move.mobile(phone === null || phone.startsWith('+') ? phone : `+${phone}`, phoneProof);
    move.set({ createdAt, updatedAt: move.time('updated_at'), lastSignInAt: move.time('last_sign_in_at') });
    move.set({ activatedAt: emailProof ?? phoneProof ?? anyProof });
    for (const [name, value] of Object.entries(move.object('raw_user_meta_data') ?? {})) {
      if (!COPIES.includes(name)) move.meta(name, value);
    }
    readRights(move);
    readFactors(move);
    if (isFuture(move.time('banned_until'))) move.disable('Banned in Supabase');
    for (const column of ['email_change', 'phone_change']) {
      if (move.text(column) !== null) move.note('demand.left_out', `${column}, which the user asked for and has not confirmed`);
    }
    const hash = move.text('encrypted_password');
    move.password(hash, move.flag('is_sso_user') === true ? 'signs in by SSO' : 'Supabase has none');
    move.ignore('instance_id', 'aud', 'invited_at', 'email_change_confirm_status', 'is_sso_user');
    for (const token of ['confirmation', 'recovery', 'reauthentication']) move.ignore(`${token}_token`, `${token}_sent_at`);
    move.ignore(
      'email_change_token_new',
      'email_change_token_current',
      'email_change_sent_at',
      'phone_change_token',
      'phone_change_sent_at',
    );
  },
};

function readFactors(move: Move): void {
  const id = move.text('id');
  for (const factor of id === null ? [] : (move.second(id) ?? [])) {
    const [type, secret] = [toText(factor['factor_type']) ?? 'unnamed', toText(factor['secret'])];
    // One that its owner never confirmed proves nothing.
    if (toText(factor['status']) !== 'verified') continue;
    if (type !== 'totp') move.note('factor.left_out', OTHER_FACTORS.get(type) ?? type);
    else if (secret?.startsWith('{') === true) move.note('factor.left_out', 'authenticator app: encrypted by GoTrue');
    else move.totp({ name: toText(factor['friendly_name']), secret, createdAt: toTime(factor['created_at']) });
  }
}

function readRights(move: Move): void {
  const { provider, providers, ...others } = move.object('raw_app_meta_data') ?? {};
  for (const each of Array.isArray(providers) ? providers : [provider]) {
    const name = toText(each);
    if (name !== null && !OWN_WAYS.includes(name)) move.note('identity.left_out', name);
  }
  for (const [name, value] of Object.entries(others)) move.right(name, value);
  const role = move.text('role');
  if (role !== null && !COMMON_ROLES.includes(role)) move.note('role.left_out', role);
  if (move.flag('is_super_admin') === true) move.note('role.left_out', 'is_super_admin');
}

function isFuture(time: string | null): boolean {
  return time !== null && !(new Date(time).getTime() < Date.now());
}
