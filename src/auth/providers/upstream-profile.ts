import type { PresetName, UpstreamIdentity } from './provider.js';

/** Members of an ID token, or of what a userinfo endpoint tells. */
export type Claims = Readonly<Record<string, unknown>>;

/** Longest texts that are kept of a profile, characters. */
const MAX_SUBJECT_CHARS = 255;
const MAX_TEXT_CHARS = 300;
const MAX_EMAIL_CHARS = 254;

/**
 * What claims say of somebody; null without a subject.
 * @param issuer of the provider
 */
export function toIdentity(preset: PresetName | null, issuer: string, claims: Claims): UpstreamIdentity | null {
  const subject = subjectOf(claims['sub'] ?? claims['id']);
  if (subject === null) return null;
  const email = text(claims['email'], MAX_EMAIL_CHARS);
  return {
    issuer,
    subject,
    email,
    emailVerified: email !== null && isEmailVerified(preset, claims),
    profile: {
      name: text(claims['name'] ?? claims['global_name']),
      firstName: text(claims['given_name'] ?? claims['first_name']),
      lastName: text(claims['family_name'] ?? claims['last_name']),
      picture: text(pictureOf(preset, subject, claims), 2_000),
    },
    acr: text(claims['acr']),
    authTime: Number.isSafeInteger(claims['auth_time']) ? (claims['auth_time'] as number) : null,
  };
}

/** Members that say whether an address was proven. */
const PROOFS: readonly string[] = ['email_verified', 'xms_edov'];

/** Members that say how and when somebody proved who they are: the signed token says it, or nobody. */
const OF_THE_PROOF: readonly string[] = ['acr', 'auth_time'];

/**
 * An ID token that names no address, filled up by what the userinfo endpoint tells. What is signed stays, but for its word about an address:
 * that is of none, and would vouch for the other one.
 */
export function filledUp(claims: Claims, told: Claims): Claims {
  return {
    ...Object.fromEntries(Object.entries(told).filter(([name]) => !OF_THE_PROOF.includes(name))),
    ...Object.fromEntries(Object.entries(claims).filter(([name]) => !PROOFS.includes(name))),
  };
}

/**
 * Whether the provider says that the address is its user's. Only a plain `true` counts: a provider that sends the text `"false"` would
 * otherwise vouch for everything.
 */
function isEmailVerified(preset: PresetName | null, claims: Claims): boolean {
  switch (preset) {
    case 'microsoft':
      // Anybody who runs a tenant writes what they like into `email`; this optional claim says whether its domain was proven.
      return [true, 1, '1'].includes(claims['xms_edov'] as never);
    case 'apple':
      // "String or Boolean", says Apple.
      return claims['email_verified'] === true || claims['email_verified'] === 'true';
    case 'discord':
      return claims['verified'] === true;
    case 'facebook':
      return false;
    case 'google':
    case 'github':
    case 'gitlab':
    case 'linkedin':
    case null:
      return claims['email_verified'] === true;
  }
}

/** Discord names only the hash of a picture. Source: its API reference, "Image Formatting". */
function pictureOf(preset: PresetName | null, subject: string, claims: Claims): unknown {
  if (preset !== 'discord') return claims['picture'] ?? claims['avatar_url'];
  const { avatar } = claims;
  return typeof avatar === 'string' && /^[\w]{1,64}$/.test(avatar) ? `https://cdn.discordapp.com/avatars/${subject}/${avatar}.png` : null;
}

/** Plain OAuth 2 providers count their users. */
function subjectOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' && value.length <= MAX_SUBJECT_CHARS ? storable(value) : null;
}

function text(value: unknown, max: number = MAX_TEXT_CHARS): string | null {
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' || trimmed.length > max ? null : storable(trimmed);
}

/** PostgreSQL stores neither NUL nor lone surrogates. */
function storable(value: string): string | null {
  return value.includes('\0') || !value.isWellFormed() ? null : value;
}
