import { createRequire } from 'node:module';
import { domainToASCII, domainToUnicode } from 'node:url';
import type { CountryCode } from 'libphonenumber-js/min';
import { InvalidRequestError } from '../common/errors.js';

/** How an identifier is kept, and the form under which it is unique and found. */
export interface Identifier {
  stored: string;
  key: string;
}

// Required, not imported: class-validator has loaded most of it in this form, and as ES modules it is a hundred more files.
const { parsePhoneNumberFromString } = createRequire(import.meta.url)('libphonenumber-js/min') as typeof import('libphonenumber-js/min');

/** Longest address that SMTP can carry (RFC 5321 §4.5.3.1.3), and longest local part (§4.5.3.1.1). */
const MAX_EMAIL_CHARS = 254;
const MAX_LOCAL_PART_CHARS = 64;

const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const WRITTEN_DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
const ASCII_DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** A label of Punycode that decodes to nothing; Node.js 24 hands it through, older versions make the domain empty. */
const UNDECODABLE = /(?:^|\.)xn--/;

/**
 * An e-mail address. The local part must be ASCII and unquoted; the domain is normalised by UTS 46, so that every
 * spelling of one domain has one form and mail goes to exactly the address that was checked.
 * @throws InvalidRequestError
 */
export function fromEmail(text: string, field = 'email'): Identifier {
  const written = text.trim();
  const at = written.lastIndexOf('@');
  const local = written.slice(0, at);
  const domain = written.slice(at + 1);
  const ascii = WRITTEN_DOMAIN.test(domain) ? domainToASCII(domain) : '';
  const stored = `${local}@${ascii}`;
  if (
    at < 1 ||
    local.length > MAX_LOCAL_PART_CHARS ||
    !LOCAL_PART.test(local) ||
    !ASCII_DOMAIN.test(ascii) ||
    stored.length > MAX_EMAIL_CHARS ||
    UNDECODABLE.test(domainToUnicode(ascii))
  ) {
    throw InvalidRequestError.field(field, 'email.invalid', 'This is not an e-mail address that mail can be sent to.');
  }
  return { stored, key: stored.toLowerCase() };
}

const USERNAME = /^(?=.*[A-Za-z])[\w.-]{3,32}$/;

/**
 * A username: 3 to 32 of `A-Z a-z 0-9 . _ -` with at least one letter, so that it can be told from an e-mail address and
 * a mobile number. Kept as written, unique in lower case.
 * @throws InvalidRequestError
 */
export function fromUsername(text: string, field = 'username'): Identifier {
  if (!USERNAME.test(text)) {
    throw InvalidRequestError.field(
      field,
      'username.invalid',
      'Use 3 to 32 letters (a-z), digits, dots, underscores or hyphens, with at least one letter.',
    );
  }
  return { stored: text, key: text.toLowerCase() };
}

const WRITTEN_MOBILE = /^\+?[\d\s().-]{1,40}$/;
const BARE_DIGITS = /^\d{6,15}$/;

/**
 * A mobile number, kept as written. Its key is E.164 where the number is possible in `region`, else its bare digits.
 * @param region ISO 3166-1 alpha-2 country in which a number without `+` is read
 * @throws InvalidRequestError
 */
export function fromMobile(text: string, region: string, field = 'mobile'): Identifier {
  const stored = text.trim();
  if (WRITTEN_MOBILE.test(stored)) {
    const parsed = parsePhoneNumberFromString(stored, region as CountryCode);
    if (parsed?.isPossible() === true) return { stored, key: parsed.number };
    const digits = stored.replace(/\D/g, '');
    if (BARE_DIGITS.test(digits)) return { stored, key: digits };
  }
  throw InvalidRequestError.field(
    field,
    'mobile.invalid',
    'This is not a mobile number: 6 to 15 digits, with + and the country code if it is a foreign one.',
  );
}

/** What an identifier typed at sign-in can be; no text is two kinds at once. */
export type IdentifierKind = 'email' | 'mobile' | 'username';

/** The column and key under which an account with this identifier would be found; null when none can have it. */
export function readIdentifier(text: string, region: string): { kind: IdentifierKind; key: string } | null {
  const written = text.trim();
  try {
    if (written.includes('@')) return { kind: 'email', key: fromEmail(written).key };
    if (/^\+|^[\d\s().-]+$/.test(written)) return { kind: 'mobile', key: fromMobile(written, region).key };
    return { kind: 'username', key: fromUsername(written).key };
  } catch (error) {
    if (error instanceof InvalidRequestError) return null;
    throw error;
  }
}
