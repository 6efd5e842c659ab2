/** The part of JSON at a path; undefined where there is none. */
export function partAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, key) ? (part as Record<string, unknown>)[key] : undefined,
    value,
  );
}

/** The text at a path, without what PostgreSQL cannot store; undefined where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const text = partAt(value, ...path);
  return typeof text === 'string' ? text.replaceAll('\0', '').toWellFormed() : undefined;
}

/** The list at a path; empty where there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const list = partAt(value, ...path);
  return Array.isArray(list) ? list : [];
}

/** The last moment that is a time, ms since 1970: the end of the year 9999. */
const LATEST_MS = 253_402_300_799_999;

/**
 * The time at a path, ISO 8601 or seconds since 1970; undefined where there is none, and for one before 1970 or after 9999: PostgreSQL does
 * not know all times of JavaScript, and no mail is of then.
 */
export function timeAt(value: unknown, ...path: readonly string[]): Date | undefined {
  const time = partAt(value, ...path);
  const date = new Date(typeof time === 'number' ? time * 1_000 : typeof time === 'string' ? time : Number.NaN);
  return date.getTime() >= 0 && date.getTime() <= LATEST_MS ? date : undefined;
}

/** Some texts as one; undefined if none says anything. */
export function inWords(...texts: readonly (string | undefined)[]): string | undefined {
  const said = texts.filter((text) => text !== undefined && text.trim() !== '');
  return said.length === 0 ? undefined : said.join(' ');
}
