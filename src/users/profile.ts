import { InvalidRequestError } from '../common/errors.js';
import { readLine } from '../common/text.js';
import type { Metadata } from './account.js';

/** Longest first or last name, characters. */
export const MAX_NAME_CHARS = 100;

/**
 * A name without outer spaces, in NFC; null when there is none. Line breaks and other control characters are refused:
 * names end up in mails and logs.
 * @throws InvalidRequestError
 */
export function cleanName(name: string | null | undefined, field: string): string | null {
  const clean = readLine(name ?? '', MAX_NAME_CHARS);
  if (clean === null) throw InvalidRequestError.field(field, 'name.invalid', `Use at most ${MAX_NAME_CHARS} characters on one line.`);
  return clean === '' ? null : clean;
}

/**
 * A BCP 47 language tag in its canonical spelling (`de-ch` → `de-CH`); null when there is none.
 * @throws InvalidRequestError
 */
export function canonicalLocale(locale: string | null | undefined): string | null {
  if (locale == null || locale === '') return null;
  try {
    const [canonical] = locale.length <= 35 ? Intl.getCanonicalLocales(locale) : [];
    if (canonical !== undefined) return canonical;
  } catch {
    // Not a language tag.
  }
  throw InvalidRequestError.field('locale', 'locale.invalid', 'Use a language tag such as en or de-CH.');
}

/** Largest `metadata` as compact JSON, bytes of UTF-8. It travels with every answer that holds the account. */
export const MAX_METADATA_BYTES = 8_192;

/** Deepest nesting of `metadata`, itself included. */
export const MAX_METADATA_DEPTH = 8;

/**
 * An app's own JSON object; an empty one when there is none.
 * @throws InvalidRequestError when it is no object, too deep, too large, or has a number that JSON cannot carry (`1e309`)
 */
export function checkedMetadata(metadata: Metadata | null | undefined): Metadata {
  if (metadata == null) return {};
  const refuse = (rule: string, detail: string): never => {
    throw InvalidRequestError.field('metadata', rule, detail);
  };
  if (typeof metadata !== 'object' || Array.isArray(metadata)) refuse('metadata.invalid', 'Use a JSON object.');
  // The depth first: what is too deep may not even be written as JSON.
  const levels = depthOf(metadata);
  if (levels > MAX_METADATA_DEPTH) refuse('metadata.too_deep', `Use at most ${MAX_METADATA_DEPTH} levels of nesting.`);
  if (Number.isNaN(levels)) refuse('metadata.invalid', 'Use numbers that a 64-bit floating-point number can hold.');
  if (Buffer.byteLength(JSON.stringify(metadata)) > MAX_METADATA_BYTES) {
    refuse('metadata.too_large', `Use at most ${MAX_METADATA_BYTES} bytes, written as compact JSON.`);
  }
  return metadata;
}

/** Levels of nesting, counted no further than matters; NaN when there is a number that is not finite. */
function depthOf(value: unknown, levels = 0): number {
  if (typeof value === 'number') return Number.isFinite(value) ? levels : Number.NaN;
  if (typeof value !== 'object' || value === null) return levels;
  if (levels >= MAX_METADATA_DEPTH) return levels + 1;
  return Object.values(value).reduce<number>((deepest, item) => Math.max(deepest, depthOf(item, levels + 1)), levels + 1);
}
