import { ROLES, type Role } from '../common/access.js';
import type { FieldRule } from '../common/declared.js';
import { InvalidRequestError } from '../common/errors.js';
import { isId } from '../common/ids.js';
import { readLine } from '../common/text.js';

/** The accepted genders; null means unknown. */
export const GENDERS = ['female', 'male', 'other'] as const;
export type Gender = (typeof GENDERS)[number];

/** The JSON object that an app stores with an account. */
export type Metadata = Record<string, unknown>;

/** Maximum length of a first or last name, characters. */
export const MAX_NAME_CHARS = 100;

/** Maximum length of a language tag, characters. Source: RFC 5646 §4.4.1. */
export const MAX_LOCALE_CHARS = 35;

/** Maximum length of a password hash or a reason for disabling in a file, characters. */
const MAX_TEXT_CHARS = 1_024;

/**
 * A name without surrounding spaces, in NFC; null if it is empty. Line breaks and other control characters are refused, because names
 * appear in mails and logs.
 * @throws InvalidRequestError
 */
export function cleanName(name: string | null | undefined, field: string): string | null {
  const clean = readLine(name ?? '', MAX_NAME_CHARS);
  if (clean === null) throw InvalidRequestError.line(field, 'name.invalid', name ?? '', MAX_NAME_CHARS);
  return clean === '' ? null : clean;
}

/** @throws InvalidRequestError */
export function readGender(text: string): Gender {
  const gender = GENDERS.find((each) => each === text);
  if (gender === undefined)
    throw InvalidRequestError.field('gender', 'isIn', `Use ${GENDERS.slice(0, -1).join(', ')} or ${GENDERS.at(-1)}.`);
  return gender;
}

/**
 * A BCP 47 language tag in canonical spelling (`de-ch` → `de-CH`); null if it is empty.
 * @throws InvalidRequestError
 */
export function canonicalLocale(locale: string | null | undefined): string | null {
  if (locale == null || locale === '') return null;
  try {
    const [canonical] = locale.length <= MAX_LOCALE_CHARS ? Intl.getCanonicalLocales(locale) : [];
    if (canonical !== undefined) return canonical;
  } catch {
    // Not a language tag.
  }
  throw InvalidRequestError.field('locale', 'locale.invalid', 'Use a language tag such as en or de-CH.');
}

/** Maximum size of `metadata` as compact JSON, bytes of UTF-8. Every answer with the account contains it. */
export const MAX_METADATA_BYTES = 8_192;

/** Maximum nesting of `metadata`; the object itself counts as one level. */
export const MAX_METADATA_DEPTH = 8;

/**
 * The app's JSON object; an empty one if it is absent.
 * @throws InvalidRequestError if it is not an object, is too deep or too large, or contains a number that JSON cannot represent (`1e309`)
 */
export function checkedMetadata(metadata: Metadata | null | undefined): Metadata {
  return checkedObject(metadata, 'metadata');
}

/** The same of what administrators write. */
export function checkedPublicMetadata(metadata: Metadata | null | undefined): Metadata {
  return checkedObject(metadata, 'publicMetadata');
}

/** The same in a request whose member has another name. */
export function checkedObject(metadata: Metadata | null | undefined, field: string): Metadata {
  if (metadata == null) return {};
  const refuse = (rule: FieldRule, detail: string): never => {
    throw InvalidRequestError.field(field, rule, detail);
  };
  if (typeof metadata !== 'object' || Array.isArray(metadata)) refuse('metadata.invalid', 'Use a JSON object.');
  // Depth first: `JSON.stringify` may fail on a value that is too deep.
  const levels = depthOf(metadata);
  if (levels > MAX_METADATA_DEPTH) refuse('metadata.too_deep', `Use at most ${MAX_METADATA_DEPTH} levels of nesting.`);
  if (Number.isNaN(levels)) refuse('metadata.invalid', 'Use numbers that a 64-bit floating-point number can hold.');
  if (Buffer.byteLength(JSON.stringify(metadata)) > MAX_METADATA_BYTES) {
    refuse('metadata.too_large', `Use at most ${MAX_METADATA_BYTES} bytes, written as compact JSON.`);
  }
  return metadata;
}

/** Levels of nesting, counted no further than the maximum; NaN if a number is not finite. */
function depthOf(value: unknown, levels = 0): number {
  if (typeof value === 'number') return Number.isFinite(value) ? levels : Number.NaN;
  if (typeof value !== 'object' || value === null) return levels;
  if (levels >= MAX_METADATA_DEPTH) return levels + 1;
  return Object.values(value).reduce<number>((deepest, item) => Math.max(deepest, depthOf(item, levels + 1)), levels + 1);
}

/** A UUID in lower case. @throws InvalidRequestError */
export function readId(text: string): string {
  if (!isId(text)) throw InvalidRequestError.field('id', 'isUuid', 'This is no UUID.');
  return text.toLowerCase();
}

/** The name of a stored picture; see `Picture`. @throws InvalidRequestError */
export function readPictureName(text: string): string {
  if (!/^[\da-f]{32}$/.test(text)) throw InvalidRequestError.field('avatar', 'avatar.invalid', 'This is not the name of a stored picture.');
  return text;
}

/** @throws InvalidRequestError */
export function readRoles(given: unknown): Role[] {
  const isGood = Array.isArray(given) && given.length > 0 && new Set(given).size === given.length;
  if (isGood && given.every((role) => ROLES.some((known) => known === role))) return given as Role[];
  throw InvalidRequestError.field('roles', 'roles.invalid', `This must be a list of ${ROLES.join(', ')}, each once.`);
}

/** Kinds of authenticators other than passwords. With one of them, an account can reach the second assurance level. */
export const AUTHENTICATOR_TYPES = ['totp', 'passkey'] as const;
export type AuthenticatorType = (typeof AUTHENTICATOR_TYPES)[number];

/** @throws Error: nobody writes it but this server */
export function readFactors(given: unknown): AuthenticatorType[] {
  if (Array.isArray(given) && given.every((type) => AUTHENTICATOR_TYPES.some((known) => known === type)))
    return given as AuthenticatorType[];
  throw new Error('There is no such kind of authenticator');
}

/** The hash, unchanged. Its family is checked elsewhere. @throws InvalidRequestError */
export function readPasswordHash(text: string): string {
  if (text.length > MAX_TEXT_CHARS)
    throw InvalidRequestError.field('passwordHash', 'hash.too_long', `Use at most ${MAX_TEXT_CHARS} characters.`);
  return text;
}

/** @throws InvalidRequestError */
export function readReason(text: string): string | null {
  const reason = readLine(text, MAX_TEXT_CHARS);
  if (reason === null) throw InvalidRequestError.line('disabledReason', 'reason.invalid', text, MAX_TEXT_CHARS);
  return reason === '' ? null : reason;
}
