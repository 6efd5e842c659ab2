import { Logger } from '@nestjs/common';
import * as argon2 from '@node-rs/argon2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../../../src/auth/passwords/password-hasher.service.js';
import { ARGON2_OF_NFD, FOREIGN_HASHES, FOREIGN_PASSWORD, SHA1_OF_NFD, foreignHash } from './foreign-hashes.js';

vi.mock(import('@node-rs/argon2'), async (original) => {
  const actual = await original();
  return { ...actual, verify: vi.fn<typeof actual.verify>(actual.verify) };
});

const WRONG = 'four bright bïrds sang';
const DECOY = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

describe('PasswordHasher', () => {
  let hasher: PasswordHasher;
  const warnings: string[] = [];
  beforeEach(async () => {
    warnings.length = 0;
    vi.spyOn(Logger.prototype, 'warn').mockImplementation((message: unknown) => void warnings.push(String(message)));
    hasher = new PasswordHasher();
    await hasher.onModuleInit();
  });
  afterEach(() => vi.restoreAllMocks());

  /** Argon2id comparisons at the price of a new hash, or more, that `work` made. */
  async function fullPrice(work: () => Promise<boolean>): Promise<number> {
    vi.mocked(argon2.verify).mockClear();
    expect(await work()).toBe(false);
    return vi.mocked(argon2.verify).mock.calls.filter(([stored]) => DECOY.test(String(stored))).length;
  }

  it('compares with its own hashes in any normal form', async () => {
    const stored = await hasher.hash(FOREIGN_PASSWORD.normalize('NFD'));
    for (const form of ['NFC', 'NFD']) expect(await hasher.verify(stored, FOREIGN_PASSWORD.normalize(form))).toBe(true);
    expect(await hasher.verify(stored, WRONG)).toBe(false);
    expect(hasher.isWeak(stored)).toBe(false);
  });

  it('compares with hashes of the password as it was typed, and in NFC', async () => {
    for (const stored of [SHA1_OF_NFD, ARGON2_OF_NFD]) {
      expect(await hasher.verify(stored, FOREIGN_PASSWORD.normalize('NFD'))).toBe(true);
      expect(await hasher.verify(stored, FOREIGN_PASSWORD)).toBe(false);
    }
    const { stored } = foreignHash('sha1, salt first');
    for (const form of ['NFC', 'NFD']) expect(await hasher.verify(stored, FOREIGN_PASSWORD.normalize(form))).toBe(true);
  });

  it.each(FOREIGN_HASHES.filter(({ stored }, at, all) => stored.slice(0, 5) !== all[at - 1]?.stored.slice(0, 5)))(
    'knows $family, $name',
    async ({ password, stored }) => {
      expect([await hasher.verify(stored, password), await hasher.verify(stored, `x${password}`)]).toEqual([true, false]);
      expect(warnings).toEqual([]);
    },
  );

  it('has everything replaced but Argon2id at our cost or above', () => {
    const kept = FOREIGN_HASHES.filter(({ stored }) => !hasher.isWeak(stored)).map(({ name }) => name);
    expect(kept).toEqual(['Argon2id, 64 MiB, three passes', 'Argon2id, as ours']);
    expect(hasher.isWeak('$argon2id$v=19$m=65536,t=3,p=4$c2hvcnQ$uHaHaX6k8PEDQh1x9R7Jjyn2XWALGV8h8nRhlka/dsZY')).toBe(true);
    expect(hasher.isWeak('$argon2id$v=19$m=65536,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$uHaHaX6k8PEDQh1x9R7Jjw')).toBe(true);
  });

  describe('a wrong password costs one Argon2id', () => {
    it('without an account or password, and with our own hash', async () => {
      const own = await hasher.hash(FOREIGN_PASSWORD);
      for (const stored of [null, own]) expect(await fullPrice(() => hasher.verify(stored, WRONG))).toBe(1);
    });

    it.each(['Argon2id, 4 MiB, one pass', '$2b$', 'PHC scrypt', 'Werkzeug: pbkdf2:sha256:1000', 'md5, salt first', '{SSHA256}'])(
      'with %s',
      async (name) => {
        expect(await fullPrice(() => hasher.verify(foreignHash(name).stored, WRONG))).toBe(1);
      },
    );

    it.each([
      '',
      '!',
      'not a hash',
      '$2b$05$short',
      '$2b$31$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6',
      '$argon2id$v=19$m=1048576,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$uHaHaX6k8PEDQh1x9R7Jjyn2XWALGV8h8nRhlka/dsY',
      `pbkdf2:sha256$salt$${'ab'.repeat(32)}`,
      'x'.repeat(1_000_000),
    ])('with a hash that is refused: %.40s', async (stored) => {
      expect(await fullPrice(() => hasher.verify(stored, FOREIGN_PASSWORD))).toBe(1);
      expect(warnings).toHaveLength(1);
    });

    it('when the comparison fails, whose error is not quoted', async () => {
      const { stored } = foreignHash('Argon2id, 64 MiB, three passes');
      vi.mocked(argon2.verify).mockRejectedValueOnce(new Error(`cannot read ${stored}`));
      expect(await fullPrice(() => hasher.verify(stored, FOREIGN_PASSWORD))).toBe(1);
      expect(warnings).toEqual(['Stored password hashes of the family "argon2" cannot be compared with: the comparison failed']);
    });

    it('twice that, for every account alike, if it is not typed in NFC', async () => {
      const own = await hasher.hash(FOREIGN_PASSWORD);
      const typed = WRONG.normalize('NFD');
      for (const stored of [null, own, foreignHash('md5, salt first').stored, 'not a hash'])
        expect(await fullPrice(() => hasher.verify(stored, typed))).toBe(2);
    });
  });

  it('warns once per family, without the hash', async () => {
    const refused = [
      '$2b$31$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6',
      '$2b$05$broken',
      'secret-looking',
      'another',
      'md5$salt$short',
    ];
    for (const stored of [...refused, ...refused]) expect(await hasher.verify(stored, FOREIGN_PASSWORD)).toBe(false);
    expect(warnings.map((warning) => /"(\w+)"/.exec(warning)?.[1])).toEqual(['bcrypt', 'unknown', 'digest']);
    for (const stored of refused) expect(warnings.join()).not.toContain(stored);
  });

  it.each(['Django: pbkdf2_sha256', 'PHC scrypt, 128 MiB', 'Django: argon2', 'Django: bcrypt'])(
    'leaves the event loop alone with %s',
    async (name) => {
      const { stored, password } = foreignHash(name);
      let turns = 0;
      const timer = setInterval(() => (turns += 1), 1);
      // A comparison on this thread would let no timer through, however many there are; a quick one elsewhere may end before the timer.
      const start = performance.now();
      do await hasher.verify(stored, password);
      while (performance.now() - start < 20);
      clearInterval(timer);
      expect(turns).toBeGreaterThan(0);
    },
  );
});
