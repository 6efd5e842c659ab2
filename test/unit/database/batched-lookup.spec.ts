import { describe, expect, it } from 'vitest';
import { BatchedLookup } from '../../../src/database/batched-lookup.js';

/** A lookup in a table of upper-case letters that records the keys it reads. */
function letters() {
  const reads: string[][] = [];
  const lookup = new BatchedLookup((keys) => {
    reads.push(keys);
    return Promise.resolve(new Map(keys.filter((key) => /^[a-z]$/.test(key)).map((key) => [key, key.toUpperCase()])));
  });
  return { lookup, reads };
}

describe('BatchedLookup', () => {
  it('reads all keys requested in one turn of the event loop with one statement, each key once', async () => {
    const { lookup, reads } = letters();
    expect(await Promise.all(['a', 'b', 'a', '?'].map((key) => lookup.find(key)))).toEqual(['A', 'B', 'A', null]);
    expect(reads).toEqual([['a', 'b', '?']]);
  });

  it('reads a key again if it is requested after the statement was sent', async () => {
    let value = 1;
    const lookup = new BatchedLookup((keys) => Promise.resolve(new Map(keys.map((key) => [key, value]))));
    expect(await lookup.find('a')).toBe(1);
    value = 2;
    expect(await lookup.find('a')).toBe(2);
  });

  it('rejects every request of a failed statement, and reads again for the next request', async () => {
    let fails = true;
    const lookup = new BatchedLookup<string>(() => (fails ? Promise.reject(new Error('gone')) : Promise.resolve(new Map([['a', 'A']]))));
    const outcomes = await Promise.allSettled([lookup.find('a'), lookup.find('b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(await lookup.find('a')).toBe('A');
  });
});
