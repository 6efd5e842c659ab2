import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BloomFilter } from '../../../src/auth/breaches/bloom-filter.js';
import { breachList, lookInto } from '../../../src/auth/breaches/breach-file.js';
import { isBreached, operatorsList } from '../../../src/auth/breaches/breached-passwords.js';
import { SortedDigests } from '../../../src/auth/breaches/sorted-digests.js';

const folder = mkdtempSync(join(tmpdir(), 'breaches-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const written = (content: string | Buffer | readonly string[]): string => {
  const path = join(folder, `list-${(files += 1)}`);
  writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : `${content.join('\n')}\n`);
  return path;
};

const hexOf = (password: string): string => createHash('sha1').update(password).digest('hex').toUpperCase();
const digestOf = (password: string): Buffer => Buffer.from(hexOf(password), 'hex');
const some = (count: number, name = 'entry'): string[] => Array.from({ length: count }, (_, at) => `${name} ${at}`);
/** As Have I Been Pwned hands them out. */
const sorted = (passwords: readonly string[]): string[] => passwords.map((password, at) => `${hexOf(password)}:${at * at}`).toSorted();

describe('the filter', () => {
  it('misses no entry, and takes one in 100,000 others for one', () => {
    const filter = BloomFilter.for(20_000);
    for (const entry of some(20_000)) filter.add(digestOf(entry));
    expect(some(20_000).every((entry) => filter.has(digestOf(entry)))).toBe(true);
    // 3 are to be expected; the digests, and so the number, are always the same.
    expect(some(300_000, 'other').filter((other) => filter.has(digestOf(other))).length).toBeLessThanOrEqual(9);
  });

  it('is the same after it was a file, which has to be whole', () => {
    const filter = BloomFilter.for(100);
    filter.add(digestOf('one'));
    const file = filter.toFile();
    expect(BloomFilter.fromFile(file).has(digestOf('one'))).toBe(true);
    expect(BloomFilter.fromFile(file).has(digestOf('two'))).toBe(false);
    expect(() => BloomFilter.fromFile(file.subarray(0, -1))).toThrow('damaged');
  });
});

describe('the shipped list', () => {
  it.each(['perasperaadastra', 'PerAsperaAdAstra', '1qazxsw23edcvfr4', 'qwertasdfgzxcvb', 'trustno1', '123456'])('has %s', (password) => {
    expect(isBreached(password, undefined)).toBe(true);
  });

  it('takes one password in 50,000 for one of it at most', () => {
    const words = ['violin', 'harbour', 'seven', 'Lantern', 'quiet', 'meadow', 'copper', 'Tuesday', 'orbit', 'thimble'];
    const phrases = Array.from({ length: 200_000 }, (_, at) => [...String(at)].map((digit) => words[Number(digit)]).join(' '));
    // Those of one word are in it.
    const taken = phrases.filter((phrase) => phrase.includes(' ') && isBreached(phrase, undefined));
    expect(taken.length).toBeLessThanOrEqual(8);
  });
});

describe('the operator’s list', () => {
  it.each([
    ['digests in order, with counts', sorted(some(2_000)), { holds: 'digests', isSorted: true }],
    [
      'digests in order, in lower case and without counts',
      some(50)
        .map((line) => hexOf(line).toLowerCase())
        .toSorted(),
      { isSorted: true },
    ],
    ['digests in any order', some(2_000).map(hexOf), { holds: 'digests', isSorted: false }],
    ['passwords', some(2_000), { holds: 'passwords', isSorted: false }],
    ['one password, without a line break', 'only one', { holds: 'passwords', isSorted: false }],
    ['lines as on Windows', `${sorted(some(3_000)).join('\r\n')}\r\n`, { holds: 'digests', isSorted: true }],
  ])('may hold %s', (_, content, expected) => {
    const found = lookInto(written(content));
    expect(found).toMatchObject(expected);
    const lines = Array.isArray(content) ? content.length : content.split('\n').length;
    expect(found.lines).toBeGreaterThanOrEqual(lines);
    expect(found.lines).toBeLessThan(lines * 1.4 + 3);
  });

  it.each([
    ['that is not there', join(folder, 'none'), /can be read; .* is none \(ENOENT\)/],
    ['that is a folder', folder, /a file; .* is none/],
    ['that is empty', written(''), /is empty/],
    ['of empty lines', written('\n\n\n'), /is empty/],
    ['that is packed', written(Buffer.from(Array.from({ length: 4_000 }, (_, at) => (at * 7_919) % 251))), /still packed/],
    ['without lines', written('a'.repeat(100_000)), /one password or SHA-1 digest a line/],
    ['of NTLM digests', written(some(100).map((line) => hexOf(line).slice(0, 32))), /NTLM/],
    ['that ends within a digest', written(`${sorted(some(9_000)).join('\n')}\nFFFF2C`), /last line is cut off/],
    ['of both', written(some(401).map((line, at) => (at % 2 === 0 ? hexOf(line) : line))), /only some of its lines/],
  ])('is refused at the start when it is a file %s', (_, path, message) => {
    expect(() => breachList({ doc: '' }).parse(path)).toThrow(message);
  });

  it('is refused when it is too large for memory and not in order', () => {
    const path = written(some(200).map(hexOf));
    expect(() => lookInto(path, { maxFilterBytes: 100 })).toThrow(/LC_ALL=C sort/);
    expect(lookInto(written(sorted(some(200))), { maxFilterBytes: 100 }).isSorted).toBe(true);
  });

  it.each([
    ['evenly spread', sorted(some(8_000))],
    ['few', sorted(some(3))],
    ['on Windows', sorted(some(3_000)).map((line) => `${line}\r`)],
    ['without counts', sorted(some(3_000)).map((line) => line.slice(0, 40))],
    // All but some in one place: guesses by the value are of no use.
    ['uneven', [...sorted(some(500)), ...Array.from({ length: 4_000 }, (_, at) => `ABCDEF${String(at).padStart(34, '0')}`)].toSorted()],
  ])('in order finds each of its digests and no other: %s', (_, lines) => {
    const list = new SortedDigests(lookInto(written(lines)));
    const digests = lines.map((line) => line.slice(0, 40));
    expect(digests.every((digest) => list.has(Buffer.from(digest, 'hex')))).toBe(true);
    const known = new Set(digests);
    // Those right beside them, too.
    const others = [
      ...some(500, 'other').map(hexOf),
      ...digests.slice(0, 500).map((digest) => `${digest.slice(0, 39)}${digest.endsWith('7') ? 8 : 7}`),
    ];
    expect(others.filter((other) => !known.has(other) && list.has(Buffer.from(other, 'hex')))).toEqual([]);
    for (const edge of ['00', 'FF']) expect(list.has(Buffer.from(edge.repeat(20), 'hex'))).toBe(false);
  });

  it('in any order counts once it is read, and skips lines that are none', async () => {
    const path = written(
      [...some(3_000).map(hexOf), 'no digest', '', ...some(10, 'late').map(hexOf)].join('\n').replace('no digest', 'x'.repeat(40)),
    );
    const list = operatorsList(path);
    expect(await list.whole).toEqual({ taken: 3_010, skipped: 1 });
    for (const entry of [...some(3_000), ...some(10, 'late')]) expect(list.has(digestOf(entry))).toBe(true);
    expect(some(3_000, 'other').filter((other) => list.has(digestOf(other)))).toEqual([]);
    // Opened once.
    expect(operatorsList(path)).toBe(list);
  });

  it('of passwords counts in other letter cases, and in any Unicode form', async () => {
    const path = written(['Acme Winter 2031', 'Zu\u0308rich am See', '', 'the last one'].join('\r\n'));
    await operatorsList(path).whole;
    for (const password of ['acme winter 2031', 'ACME Winter 2031', 'Zürich am See', 'The Last One']) {
      expect([password, isBreached(password, path)]).toEqual([password, true]);
      expect([password, isBreached(password, undefined)]).toEqual([password, false]);
    }
  });
});
