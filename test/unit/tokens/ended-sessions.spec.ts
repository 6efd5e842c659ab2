import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EndedSessions, type Revocation } from '../../../src/tokens/access-tokens/ended-sessions.js';

const NOW = 1_763_700_000_123;
const WINDOW_MS = 965_000;

const listed = (ended: EndedSessions, count = 512): Revocation[] =>
  [...ended.runs(count)].flatMap(({ block, start, end }) =>
    Array.from({ length: end - start }, (_, i) => ({ sessionId: block.idOf(start + i), revokedAtMs: block.timeOf(start + i) })),
  );

describe('EndedSessions', () => {
  it('knows each of many sessions, and no other; lists them in order, with their times', () => {
    const ended = new EndedSessions(WINDOW_MS);
    // More than a block.
    const sessions = Array.from({ length: 70_000 }, (_, i) => ({ sessionId: randomUUID(), revokedAtMs: NOW + i }));
    expect(sessions.filter(({ sessionId, revokedAtMs }) => !ended.add(sessionId, revokedAtMs))).toEqual([]);
    expect(sessions.filter(({ sessionId }) => !ended.has(sessionId))).toEqual([]);
    expect(Array.from({ length: 1_000 }, () => randomUUID()).filter((id) => ended.has(id))).toEqual([]);
    expect(listed(ended)).toEqual(sessions);
  });

  it('takes a session once, however its id is written', () => {
    const ended = new EndedSessions(WINDOW_MS);
    const id = '0f00000a-000b-7000-8000-00000000abcd';
    expect(ended.add(id, NOW)).toBe(true);
    expect(ended.add(id.toUpperCase(), NOW + 1)).toBe(false);
    expect(ended.has(id.toUpperCase())).toBe(true);
    expect(listed(ended)).toEqual([{ sessionId: id, revokedAtMs: NOW }]);
  });

  it('finds ids that differ in one bit, and those that fall on one place', () => {
    const ended = new EndedSessions(WINDOW_MS);
    const near = ['0', '1', '2', '4', '8'].map((digit) => `${digit}19a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11`);
    for (const id of near.slice(1)) ended.add(id, NOW);
    expect(near.map((id) => ended.has(id))).toEqual([false, true, true, true, true]);
  });

  it('knows nothing that is no UUID', () => {
    const ended = new EndedSessions(WINDOW_MS);
    for (const id of ['', 'x', '0'.repeat(36), `${randomUUID()} `]) {
      expect(ended.add(id, NOW)).toBe(false);
      expect(ended.has(id)).toBe(false);
    }
    expect(ended.has('00000000-0000-0000-0000-000000000000')).toBe(false);
  });

  it('lists what is added while a reader works, also after the block that it reads was forgotten', () => {
    const ended = new EndedSessions(WINDOW_MS);
    const [a, b, c, d] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()] as const;
    ended.add(a, NOW);
    const seen: string[] = [];
    for (const { block, start, end } of ended.runs(2)) {
      for (let entry = start; entry < end; entry += 1) seen.push(block.idOf(entry));
      const last = seen.at(-1);
      if (last === a) {
        ended.add(b, NOW + 1);
        ended.add(c, NOW + 2);
      } else if (last === c) {
        ended.forgetBefore(NOW + 2);
        ended.add(d, NOW + 3);
      }
    }
    expect(seen).toEqual([a, b, c, d]);
    expect(listed(ended).map(({ sessionId }) => sessionId)).toEqual([d]);
  });
});
