import { createHash } from 'node:crypto';

/** One of several statements that are sent together; see `DatabaseService.together`. */
export interface Part {
  /** Name under which later parts read its rows. */
  as: string;
  /** A writing statement with its own values as `$1`, `$2`, … */
  sql: string;
  values: readonly unknown[];
}

/** Longest name that PostgreSQL keeps whole; it would take two longer ones that begin alike for one. */
const MAX_NAME_CHARS = 63;

/** The name of a statement that is made of these parts. */
export function nameOfParts(name: string, parts: readonly Part[]): string {
  const names = parts.map(({ as }) => as).join();
  const whole = `${name}: ${names}`;
  return whole.length <= MAX_NAME_CHARS ? whole : `${name}: ${createHash('sha256').update(names).digest('base64url')}`;
}

/** Combines all parts and the final SELECT into one statement, with renumbered values. */
export function joinParts(parts: readonly Part[], answer: string): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const written = parts.map((part) => {
    const before = values.length;
    values.push(...part.values);
    return `${part.as} AS (${part.sql.replaceAll(/\$(\d+)/g, (_, number: string) => `$${before + Number(number)}`)})`;
  });
  return { sql: `WITH ${written.join(', ')} ${answer}`, values };
}
