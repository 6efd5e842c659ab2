import type { Client } from 'pg';
import { InvalidRequestError } from '../../common/errors.js';
import { fromEmail } from '../../users/identifiers.js';
import type { Check } from './doctor-check.js';

/** Most accounts that are looked at and named. */
const MAX_LOOKED_AT = 10_000;
const MAX_NAMED = 10;

interface Row {
  number: number;
  email: string;
  key: string;
}

/**
 * Whether the e-mail addresses are kept under the keys under which they would be kept today. Every key is made of what is stored, so only
 * rules that changed can move one: those for domains beyond ASCII, whose labels begin with `xn--`. Anything else that is no key was not
 * written by this server.
 */
export async function lookAtAddresses(client: Client): Promise<Check> {
  const { rows } = await client.query<Row>(
    `SELECT number, email, email_key AS key FROM users
     WHERE email_key LIKE '%xn--%' OR email_key IS DISTINCT FROM lower(email COLLATE "C") OR email ~ '[^ -~]' ORDER BY number LIMIT $1`,
    [MAX_LOOKED_AT],
  );
  const judged = rows.map((row) => ({ ...row, now: keyNow(row.email) }));
  const moved = judged.filter(({ key, now }) => now !== null && now !== key);
  if (moved.length > 0) return describeMoved(client, moved);
  const dead = judged.filter(({ now }) => now === null);
  if (dead.length === 0) return { name: 'addresses', state: 'ok', finding: 'all are kept as they would be today' };
  const finding = `no mail can be sent to ${dead.length === 1 ? 'one' : dead.length}: ${named(dead, ({ email }) => email)}`;
  const advice = 'they still sign in with it, and nobody else can register it: ask their owners for another address';
  return { name: 'addresses', state: 'warn', finding, advice };
}

/** Nothing is mended here: of two accounts with one address somebody has to say whose it is. */
async function describeMoved(client: Client, moved: readonly (Row & { now: string | null })[]): Promise<Check> {
  const { rows } = await client.query<{ key: string }>('SELECT email_key AS key FROM users WHERE email_key = ANY ($1)', [
    moved.map(({ now }) => now),
  ]);
  const taken = new Set(rows.map(({ key }) => key));
  const finding = `${moved.length} would be found under another address: ${named(moved, ({ now }) => `${now}${taken.has(String(now)) ? ', which another account has' : ''}`)}`;
  const advice =
    'write that into email and email_key of those whose address is free; the owners of the others have to say which account they keep';
  return { name: 'addresses', state: 'fail', finding, advice };
}

function named<R extends Row>(rows: readonly R[], say: (row: R) => string): string {
  const some = rows.slice(0, MAX_NAMED).map((row) => `account ${row.number} (${say(row)})`);
  return `${some.join(', ')}${rows.length > some.length ? ', …' : ''}`;
}

/** The key of a stored address by the rules of today; null where it is none by them. */
function keyNow(email: string): string | null {
  try {
    return fromEmail(email).key;
  } catch (error) {
    if (error instanceof InvalidRequestError) return null;
    throw error;
  }
}
