import { hexOf } from './attempt-key.js';
import type { ProofChallenge } from './generated/types.gen.js';

/** Derivations at a time: the platform spreads them over its threads. */
const AT_A_TIME = 8;

/** More than any server asks for. */
const MAX_COUNTER = 100_000;

const COUNTER_BYTES = 4;

/**
 * Solves a challenge of ALTCHA 2: derives keys for 0, 1, 2, … until one begins as it says. The platform's own cryptography does that in
 * threads of its own, so the page stays quick, and no content security policy has to allow a worker.
 * @returns the proof for the header `Proof-Of-Work`; null where the platform has no such cryptography, as on pages without TLS
 */
export async function solve(challenge: ProofChallenge, signal: AbortSignal | undefined): Promise<string | null> {
  const { algorithm, nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined || algorithm !== 'PBKDF2/SHA-256') return null;
  const terms = { name: 'PBKDF2', hash: 'SHA-256', salt: bytesOf(salt), iterations: cost };
  const derive = async (counter: number): Promise<{ counter: number; derivedKey: string }> => {
    const head = bytesOf(nonce);
    const password = new Uint8Array(head.length + COUNTER_BYTES);
    password.set(head);
    new DataView(password.buffer).setUint32(head.length, counter);
    const key = await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    return { counter, derivedKey: hexOf(new Uint8Array(await subtle.deriveBits(terms, key, keyLength * 8))) };
  };
  for (let first = 0; first < MAX_COUNTER && signal?.aborted !== true; first += AT_A_TIME) {
    const derived = await Promise.all(Array.from({ length: AT_A_TIME }, (_, at) => derive(first + at)));
    const solution = derived.find(({ derivedKey }) => derivedKey.startsWith(keyPrefix));
    if (solution !== undefined) return btoa(JSON.stringify({ challenge, solution }));
  }
  return null;
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
