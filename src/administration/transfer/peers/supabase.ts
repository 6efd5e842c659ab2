import type { Move } from './move.js';
import { toObject, toText, toTime } from './old-values.js';
import type { Peer } from './peer.js';

/** Ways to sign in that an account here has by itself. */
const OWN_WAYS = ['email', 'phone'];

/** Providers whose users have one id everywhere, or, as at Apple, Facebook and LinkedIn, one for all apps of the same owner. */
const PRESETS: Readonly<Record<string, string>> = {
  google: 'google',
  github: 'github',
  gitlab: 'gitlab',
  discord: 'discord',
  facebook: 'facebook',
  apple: 'apple',
  linkedin_oidc: 'linkedin',
};

/** What GoTrue notes as the issuer of providers that people also run themselves. */
const ISSUERS: Readonly<Record<string, readonly string[]>> = {
  github: ['https://api.github.com', 'https://github.com'],
  gitlab: ['https://gitlab.com'],
};

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
    identities: { needed: false, help: 'its table `auth.identities`, which has the ids of users at providers (JSON lines)' },
  },
  seconds: [
    { option: 'mfa-factors', keyOf: (record) => toText(record['user_id']) },
    { option: 'identities', keyOf: (record) => toText(record['user_id']) },
  ],
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
    readRights(move, readIdentities(move));
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
  for (const factor of id === null ? [] : (move.second(id, 'mfa-factors') ?? [])) {
    const [type, secret] = [toText(factor['factor_type']) ?? 'unnamed', toText(factor['secret'])];
    // One that its owner never confirmed proves nothing.
    if (toText(factor['status']) !== 'verified') continue;
    if (type !== 'totp') move.note('factor.left_out', OTHER_FACTORS.get(type) ?? type);
    else if (secret?.startsWith('{') === true) move.note('factor.left_out', 'authenticator app: encrypted by GoTrue');
    else move.totp({ name: toText(factor['friendly_name']), secret, createdAt: toTime(factor['created_at']) });
  }
}

/** From the table, or from the answers of GoTrue's API for administrators, which have them in each user. @returns their providers */
function readIdentities(move: Move): string[] {
  const id = move.text('id');
  const own = move.list('identities').map(toObject);
  const rows = [...own, ...(id === null ? [] : (move.second(id, 'identities') ?? []))];
  return rows.flatMap((row) => {
    const provider = toText(row?.['provider']);
    if (provider === null || OWN_WAYS.includes(provider)) return [];
    const data = toObject(row?.['identity_data']);
    move.identity(provider, {
      preset: isElsewhere(provider, toText(data?.['iss'])) ? undefined : PRESETS[provider],
      // Before the column there was only the provider's own word for it.
      subject: toText(row?.['provider_id']) ?? toText(data?.['sub']) ?? toText(data?.['provider_id']),
      email: toText(row?.['email']) ?? toText(data?.['email']),
      createdAt: toTime(row?.['created_at']),
      lastUsedAt: toTime(row?.['last_sign_in_at']),
    });
    return [provider];
  });
}

/** Whether it is a server of the operator's own, whose ids mean somebody else at the public one. */
function isElsewhere(provider: string, issuer: string | null): boolean {
  const expected = ISSUERS[provider];
  return expected !== undefined && issuer !== null && !expected.includes(issuer);
}

/** @param carried providers whose identities are known */
function readRights(move: Move, carried: readonly string[]): void {
  const { provider, providers, ...others } = move.object('raw_app_meta_data') ?? {};
  for (const each of Array.isArray(providers) ? providers : [provider]) {
    const name = toText(each);
    if (name !== null && !OWN_WAYS.includes(name) && !carried.includes(name))
      move.note('identity.left_out', `${name}: --identities has its ids`);
  }
  for (const [name, value] of Object.entries(others)) move.right(name, value);
  const role = move.text('role');
  if (role !== null && !COMMON_ROLES.includes(role)) move.note('role.left_out', role);
  if (move.flag('is_super_admin') === true) move.note('role.left_out', 'is_super_admin');
}

function isFuture(time: string | null): boolean {
  return time !== null && !(new Date(time).getTime() < Date.now());
}
