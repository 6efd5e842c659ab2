import { createRequire } from 'node:module';
import type { CountryCode } from 'libphonenumber-js/min';
import type { Setting } from '../common/capability.js';
import { toAsciiDomain } from '../common/domains.js';
import { InvalidRequestError } from '../common/errors.js';
import { trimInvisible, withPlainDigits, withoutInvisible, type ProblemWords } from '../common/text.js';

/** How an identifier is kept, and the form under which it is unique and found. */
export interface Identifier {
  stored: string;
  key: string;
}

// Required, not imported: class-validator has loaded most of it in this form, and as ES modules it is a hundred more files.
const { isSupportedCountry, parsePhoneNumberFromString } = createRequire(import.meta.url)(
  'libphonenumber-js/min',
) as typeof import('libphonenumber-js/min');

/** Whether numbers without `+` can be read as ones of this country (ISO 3166-1 alpha-2, capitals). */
export function isRegion(code: string): boolean {
  return isSupportedCountry(code);
}

/** Longest address that SMTP can carry (RFC 5321 §4.5.3.1.3), and longest local part (§4.5.3.1.1). */
const MAX_EMAIL_CHARS = 254;
const MAX_LOCAL_PART_CHARS = 64;

const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const ASCII_DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** An address in parts; keyboards for Chinese and Japanese have an @ of their own, which stands in no other identifier. */
function splitEmail(text: string): { local: string; domain: string } | null {
  const written = trimInvisible(text).replaceAll('\uFF20', '@');
  const at = written.lastIndexOf('@');
  return at < 0 ? null : { local: written.slice(0, at), domain: written.slice(at + 1) };
}

/**
 * An e-mail address. The local part must be ASCII and unquoted; the domain is normalised by UTS 46, so that every
 * spelling of one domain has one form and mail goes to exactly the address that was checked.
 * @throws InvalidRequestError
 */
export function fromEmail(text: string, field = 'email'): Identifier {
  const parts = splitEmail(text);
  const domain = parts === null ? null : toAsciiDomain(parts.domain);
  const detail = parts === null ? NO_AT : emailProblem(parts.local, parts.domain, domain);
  if (detail !== null) throw InvalidRequestError.field(field, 'email.invalid', detail, wordsOf(detail));
  const stored = `${parts?.local}@${domain}`;
  return { stored, key: keyOfStored(stored) };
}

const NO_AT = 'This is not an e-mail address: write one like ada@example.com.';
const INVISIBLE_INSIDE = 'There is an invisible character inside. Delete it, or type this again.';

/** An address with an invisible character looks right: other languages say so, too. */
function wordsOf(detail: string): ProblemWords {
  return detail === INVISIBLE_INSIDE ? { text: 'rule.invisible' } : {};
}

/** What is wrong with an address, for its owner; null for nothing. */
function emailProblem(local: string, written: string, domain: string | null): string | null {
  // Joiners inside a word of a domain are right; `toAsciiDomain` has looked at them.
  if (withoutInvisible(local) !== local || (domain === null && withoutInvisible(written) !== written)) return INVISIBLE_INSIDE;
  if (local === '' || written === '') return NO_AT;
  if (!LOCAL_PART.test(local)) return 'Before the @ mail takes only a-z, 0-9, single dots and signs such as + - _.';
  if (local.length > MAX_LOCAL_PART_CHARS) return `Use at most ${MAX_LOCAL_PART_CHARS} characters before the @.`;
  if (domain === null || !ASCII_DOMAIN.test(domain)) return 'Behind the @ there must be a domain such as example.com.';
  if (local.length + 1 + domain.length > MAX_EMAIL_CHARS) return `Use at most ${MAX_EMAIL_CHARS} characters.`;
  return null;
}

/** The key of an address that an account has. It is not read again: what an earlier version held for valid stays the account's. */
export function keyOfStored(email: string): string {
  return email.toLowerCase();
}

/**
 * The key under which an account with this address is found; null when none can have it. Takes more than can be registered: an address
 * whose domain an earlier version held for valid (`ada@xn--a.example`) still finds its account.
 */
function emailKey(text: string): string | null {
  const parts = splitEmail(text);
  if (parts === null || !LOCAL_PART.test(parts.local) || parts.local.length > MAX_LOCAL_PART_CHARS) return null;
  const domain = toAsciiDomain(parts.domain) ?? parts.domain.toLowerCase();
  const key = `${parts.local}@${domain}`.toLowerCase();
  return ASCII_DOMAIN.test(domain) && key.length <= MAX_EMAIL_CHARS ? key : null;
}

const USERNAME = /^(?=.*[A-Za-z])[\w.-]{3,32}$/;

/**
 * A username: 3 to 32 of `A-Z a-z 0-9 . _ -` with at least one letter, so that it can be told from an e-mail address and
 * a mobile number. Kept as written, but for blanks and marks around it; unique in lower case.
 * @throws InvalidRequestError
 */
export function fromUsername(written: string, field = 'username'): Identifier {
  const text = trimInvisible(written);
  if (!USERNAME.test(text)) {
    throw InvalidRequestError.field(
      field,
      'username.invalid',
      'Use 3 to 32 letters (a-z), digits, dots, underscores or hyphens, with at least one letter.',
    );
  }
  return { stored: text, key: text.toLowerCase() };
}

/** Longest number as written, characters. */
const MAX_MOBILE_CHARS = 40;

const WRITTEN_MOBILE = /^\+?[\d\s().-]+$/;
const BARE_DIGITS = /^\d{6,15}$/;

/** A number as it is kept: without blanks and marks around it, its digits and signs in ASCII. */
function plainMobile(text: string): string {
  const written = trimInvisible(text);
  return written.length > MAX_MOBILE_CHARS ? written : withPlainDigits(written);
}

/**
 * A mobile number, kept as written, with the digits of any script as 0 to 9. Its key is E.164 where the number is possible in `region`, else its bare digits.
 * @param region ISO 3166-1 alpha-2 country in which a number without `+` is read
 * @throws InvalidRequestError
 */
export function fromMobile(text: string, region: string, field = 'mobile'): Identifier {
  const stored = plainMobile(text);
  if (stored.length <= MAX_MOBILE_CHARS && WRITTEN_MOBILE.test(stored)) {
    const parsed = parsePhoneNumberFromString(stored, region as CountryCode);
    if (parsed?.isPossible() === true) return { stored, key: parsed.number };
    const digits = stored.replace(/\D/g, '');
    if (BARE_DIGITS.test(digits)) return { stored, key: digits };
  }
  const detail =
    withoutInvisible(stored) === stored
      ? 'This is not a mobile number: 6 to 15 digits, with + and the country code if it is a foreign one.'
      : INVISIBLE_INSIDE;
  throw InvalidRequestError.field(field, 'mobile.invalid', detail, wordsOf(detail));
}

/** What an identifier typed at sign-in can be; no text is two kinds at once. */
export type IdentifierKind = 'email' | 'mobile' | 'username';

/** The column and key under which an account with this identifier would be found; null when none can have it. */
export function readIdentifier(text: string, region: string): { kind: IdentifierKind; key: string } | null {
  if (splitEmail(text) !== null) {
    const key = emailKey(text);
    return key === null ? null : { kind: 'email', key };
  }
  const written = plainMobile(text);
  try {
    if (/^\+|^[\d\s().-]+$/.test(written)) return { kind: 'mobile', key: fromMobile(written, region).key };
    return { kind: 'username', key: fromUsername(written).key };
  } catch (error) {
    if (error instanceof InvalidRequestError) return null;
    throw error;
  }
}

/**
 * One text for every spelling of an identifier that somebody may type, for counting: it depends on nothing but the text, so it is the same
 * whether or not an account has the identifier. Spellings that no account can have (full-width letters, invisible characters inside)
 * count with the identifier that they look like.
 */
export function typedKey(text: string, region: string): string {
  const looksLike = withoutInvisible(text).normalize('NFKC');
  const read = readIdentifier(text, region) ?? readIdentifier(looksLike, region);
  return read === null ? `text ${looksLike.trim().toLowerCase()}` : `${read.kind} ${read.key}`;
}

/** A country whose mobile numbers can be read. */
export function region(options: Pick<Setting<string>, 'doc'> & { default: string }): Setting<string> {
  return {
    ...options,
    parse(value) {
      if (!isRegion(value)) throw new Error('the two capitals of a country that has telephone numbers, such as US or DE');
      return value;
    },
  };
}
