import { createHash, pbkdf2Sync } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readAnswer } from '../../src/answer.js';
import type { ProofChallenge } from '../../src/generated/types.gen.js';
import type { ApiRequest } from '../../src/operation.js';
import { provingWork } from '../../src/prove-work.js';

const REQUEST: ApiRequest = { method: 'POST', path: '/v1/auth/password/forgot', input: { body: {} }, silent: 202 };

/** Solved by the number, as the server makes them. */
function challengeFor(counter: number, changes: Partial<ProofChallenge['parameters']> = {}): ProofChallenge {
  const nonce = createHash('md5').update(`nonce ${counter}`).digest();
  const salt = createHash('md5').update(`salt ${counter}`).digest();
  const number = Buffer.alloc(4);
  number.writeUInt32BE(counter);
  const key = pbkdf2Sync(Buffer.concat([nonce, number]), salt, 3, 32, 'sha256').toString('hex');
  const parameters = { algorithm: 'PBKDF2/SHA-256', nonce: nonce.toString('hex'), salt: salt.toString('hex'), cost: 3, keyLength: 32 };
  return { parameters: { ...parameters, keyPrefix: key.slice(0, 32), ...changes }, signature: 'signed' };
}

/** A server that answers each request with the next of these; null lets it through. */
function serverThatAsks(...challenges: (ProofChallenge | null)[]) {
  const proofs: (string | undefined)[] = [];
  const exchange = provingWork(async ({ proof }) => {
    proofs.push(proof);
    const challenge = challenges[proofs.length - 1] ?? null;
    if (challenge === null) return readAnswer(new Response(null, { status: 202 }), '', REQUEST);
    const problem = { code: proof === undefined ? 'proof_of_work.required' : 'proof_of_work.invalid', detail: 'Solve it.', challenge };
    return readAnswer(new Response(null, { status: 428 }), JSON.stringify(problem), REQUEST);
  });
  return { proofs, send: (signal?: AbortSignal) => exchange(REQUEST, signal) };
}

const counterIn = (proof: string | undefined): number => JSON.parse(atob(String(proof))).solution.counter;

describe('a client that is asked for a proof of work', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it.each([0, 1, 7, 8, 61, 300])('finds the number %d, and sends the challenge back as it came', async (counter) => {
    const challenge = challengeFor(counter, { data: { purpose: 'mail' } });
    const { proofs, send } = serverThatAsks(challenge);
    expect(await send()).toEqual({ data: null, error: null });
    expect(proofs).toHaveLength(2);
    const shown = JSON.parse(atob(String(proofs[1])));
    expect(shown.challenge).toEqual(challenge);
    expect(shown.solution.counter).toBe(counter);
    expect(shown.solution.derivedKey).toMatch(new RegExp(`^${challenge.parameters.keyPrefix}[\\da-f]{32}$`));
  });

  it('solves another one where the first proof came too late, and then gives up', async () => {
    const again = serverThatAsks(challengeFor(1), challengeFor(2));
    expect((await again.send()).error).toBeNull();
    expect(again.proofs.slice(1).map(counterIn)).toEqual([1, 2]);
    const never = serverThatAsks(challengeFor(1), challengeFor(2), challengeFor(3), challengeFor(4));
    expect((await never.send()).error?.code).toBe('proof_of_work.invalid');
    expect(never.proofs).toHaveLength(3);
  });

  it('stops when the call is cancelled', async () => {
    const { proofs, send } = serverThatAsks(challengeFor(99_999));
    const controller = new AbortController();
    const sent = send(controller.signal);
    controller.abort();
    expect((await sent).error?.code).toBe('proof_of_work.required');
    expect(proofs).toHaveLength(1);
  });

  it.each([
    ['no cryptography at all', () => vi.stubGlobal('crypto', undefined)],
    ['no `crypto.subtle`, as on pages without TLS', () => vi.stubGlobal('crypto', { getRandomValues: () => {} })],
    ['a `crypto.subtle` that fails', () => vi.stubGlobal('crypto', { subtle: { importKey: () => Promise.reject(new Error('no')) } })],
  ])('passes the refusal on where the platform has %s', async (_, strip) => {
    strip();
    const { proofs, send } = serverThatAsks(challengeFor(1));
    expect((await send()).error).toMatchObject({ code: 'proof_of_work.required', status: 428 });
    expect(proofs).toHaveLength(1);
  });

  it('passes the refusal on for challenges that it does not know', async () => {
    const { proofs, send } = serverThatAsks(challengeFor(1, { algorithm: 'ARGON2ID' }));
    expect((await send()).error?.code).toBe('proof_of_work.required');
    expect(proofs).toHaveLength(1);
  });
});
