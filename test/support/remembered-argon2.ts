/**
 * Argon2, which computes nothing twice: hashing the same few passwords again and again took two fifths of the suite's processor time. What
 * comes out is what the library made; a comparison that was never made is made, so that a wrong password costs what it costs. Tests of the
 * function itself (`test/unit`, `test/sweeps`) use the library.
 */
import { createRequire } from 'node:module';
import type * as Argon2 from '@node-rs/argon2';

// Not by `import`, which leads here.
const argon2 = createRequire(import.meta.url)('@node-rs/argon2') as typeof Argon2;

type Hash = typeof Argon2.hash;
type Verify = typeof Argon2.verify;

/** Hashes that one password gets, each with its salt, before they come again. */
const HASHES = 4;

const made = new Map<string, string[]>();
const right = new Set<string>();

export const hash: Hash = async (password, options, signal) => {
  if (typeof password !== 'string') return argon2.hash(password, options, signal);
  const known = made.get(JSON.stringify([password, options])) ?? [];
  made.set(JSON.stringify([password, options]), known);
  const again = known.length >= HASHES ? known.shift() : undefined;
  const hashed = again ?? (await argon2.hash(password, options, signal));
  known.push(hashed);
  right.add(keyOf(hashed, password));
  return hashed;
};

export const verify: Verify = async (hashed, password, options, signal) => {
  const key = options === undefined && typeof hashed === 'string' && typeof password === 'string' ? keyOf(hashed, password) : undefined;
  if (key !== undefined && right.has(key)) return true;
  const isRight = await argon2.verify(hashed, password, options, signal);
  if (isRight && key !== undefined) right.add(key);
  return isRight;
};

function keyOf(hashed: string, password: string): string {
  return JSON.stringify([hashed, password]);
}
