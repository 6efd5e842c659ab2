/** Statuses with which a receiver may name a time (RFC 9110 §10.2.3, RFC 6585 §4). */
const WITH_RETRY_AFTER: readonly number[] = [429, 503];

/** Longest wait that a receiver can ask for, seconds: the longest of the plan. */
const MAX_SECONDS = 24 * 60 * 60;

/**
 * How long a receiver asks to be left alone, seconds, from `Retry-After` as a number of seconds or as a date (RFC 9110 §10.2.3).
 * @param now ms since 1970
 * @returns from 0 to a day; 0 if it asks for nothing, or in a form that nobody can read
 */
export function askedToWait({ status, headers }: Pick<Response, 'status' | 'headers'>, now: number): number {
  const asked = WITH_RETRY_AFTER.includes(status) ? (headers.get('retry-after')?.trim() ?? '') : '';
  // `Date.parse` reads much that is no date of HTTP, such as `-1`.
  const seconds = /^\d{1,10}$/.test(asked) ? Number(asked) : /^[A-Z][a-z]{2,8},? /.test(asked) ? (Date.parse(asked) - now) / 1_000 : 0;
  return Number.isNaN(seconds) ? 0 : Math.min(Math.max(seconds, 0), MAX_SECONDS);
}
