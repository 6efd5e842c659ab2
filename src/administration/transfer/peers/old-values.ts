/** A record as the peer wrote it. In CSV all values are texts, and empty cells are absent. */
export type OldFields = Readonly<Record<string, unknown>>;

/** A time in seconds is below this number, one in milliseconds below the next, one in microseconds above: all mean years until 5138. */
const MAX_EPOCH_SECONDS = 1e11;
const MAX_EPOCH_MS = 1e14;

const EPOCH = /^\d{9,16}(?:\.\d+)?$/;
const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:[.,](\d+))?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
/** Values that databases write for "never". */
const NEVER = /^(?:null|\\N|0|0000-00-00(?: 00:00:00)?)$/i;

/** Most digits of a second that are stored. */
const SECOND_DIGITS = 6;

/**
 * A time in RFC 3339, from what exports contain: seconds, milliseconds or microseconds since 1970 as numbers or digits, RFC 3339, PostgreSQL's
 * `2023-05-31 12:00:00+00`, MySQL's and SQLite's `2023-05-31 12:00:00` (taken for UTC, which the peers store), MongoDB's `{"$date": …}`.
 * A text that is none of these is returned unchanged, and fails where the account is checked. Null if there is no time.
 */
export function toTime(value: unknown): string | null {
  if (typeof value === 'object' && value !== null && '$date' in value) return toTime(value.$date);
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (text === '' || NEVER.test(text)) return null;
  if (EPOCH.test(text)) return fromEpoch(Number(text));
  const [found, day = '', minute = '00:00', second = ':00', digits = '', zone = 'Z'] = TIME.exec(text) ?? [];
  if (found === undefined) return text;
  return `${day}T${minute}${second}${digits === '' ? '' : `.${digits.slice(0, SECOND_DIGITS)}`}${toOffset(zone)}`;
}

function fromEpoch(value: number): string | null {
  if (!(value > 0)) return null;
  const ms = value < MAX_EPOCH_SECONDS ? value * 1_000 : value < MAX_EPOCH_MS ? value : value / 1_000;
  const time = new Date(Math.round(ms));
  return Number.isNaN(time.getTime()) ? String(value) : time.toISOString();
}

function toOffset(zone: string): string {
  if (/^[a-z]/i.test(zone)) return 'Z';
  const digits = zone.replace(':', '').padEnd(5, '0');
  return digits.endsWith('0000') ? 'Z' : `${digits.slice(0, 3)}:${digits.slice(3)}`;
}

/** A text that is not empty; numbers as their digits. */
export function toText(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' || text === '\\N' ? null : text;
}

/** A yes or no as JSON, PostgreSQL (`t`), MySQL (`1`), Python (`True`) and spreadsheets (`TRUE`) write it; null for anything else. */
export function toFlag(value: unknown): boolean | null {
  const text = typeof value === 'boolean' ? String(value) : (toText(value)?.toLowerCase() ?? '');
  if (['true', 't', '1', 'yes', 'y'].includes(text)) return true;
  return ['false', 'f', '0', 'no', 'n'].includes(text) ? false : null;
}

/** An object; in CSV it is a text of JSON. */
export function toObject(value: unknown): Record<string, unknown> | null {
  const json = fromJson(value);
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : null;
}

/** The items of a list; in CSV it is a text of JSON, or words with commas between them. */
export function toList(value: unknown): unknown[] {
  const json = fromJson(value);
  if (Array.isArray(json)) return json;
  const text = toText(json);
  return text === null
    ? []
    : text
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '');
}

function fromJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
