import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PasswordHasher as Hasher } from '../../../src/auth/passwords/password-hasher.service.js';
import type { Settings } from '../../../src/config/settings.js';
import { ARGON2_OF_NFD, FOREIGN_HASHES, FOREIGN_PASSWORD, SHA1_OF_NFD, foreignHash } from './foreign-hashes.js';

vi.mock(import('@node-rs/argon2'), async (original) => {
  const actual = await original();
  return { ...actual, verify: vi.fn<typeof actual.verify>(actual.verify) };
});
// Other test files of this worker may have loaded argon2 without the mock.
vi.resetModules();
const argon2 = await import('@node-rs/argon2');
const { PasswordHasher } = await import('../../../src/auth/passwords/password-hasher.service.js');

const WRONG = 'four bright bïrds sang';
const DECOY = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

describe('PasswordHasher', () => {
  const settings = { WRONG_PASSWORD_MIN_MS: 0 } as Settings;
  let hasher: Hasher;
  const warnings: string[] = [];
  beforeEach(async () => {
    warnings.length = 0;
    vi.spyOn(Logger.prototype, 'warn').mockImplementation((message: unknown) => void warnings.push(String(message)));
    hasher = new PasswordHasher(settings);
    await hasher.onModuleInit();
  });
  afterEach(() => vi.restoreAllMocks());

  /** Number of Argon2id verifications during `work` that cost as much as a new hash. */
  async function fullPrice(work: () => Promise<boolean>): Promise<number> {
    vi.mocked(argon2.verify).mockClear();
    expect(await work()).toBe(false);
    return vi.mocked(argon2.verify).mock.calls.filter(([stored]) => DECOY.test(String(stored))).length;
  }

  it('verifies its own hashes with a password in any Unicode normalization form', async () => {
    const stored = await hasher.hash(FOREIGN_PASSWORD.normalize('NFD'), null);
    for (const form of ['NFC', 'NFD']) expect(await hasher.verify(stored, FOREIGN_PASSWORD.normalize(form), null)).toBe(true);
    expect(await hasher.verify(stored, WRONG, null)).toBe(false);
    expect(hasher.isWeak(stored)).toBe(false);
  });

  it('verifies other hashes with the password as typed and in NFC', async () => {
    for (const stored of [SHA1_OF_NFD, ARGON2_OF_NFD]) {
      expect(await hasher.verify(stored, FOREIGN_PASSWORD.normalize('NFD'), null)).toBe(true);
      expect(await hasher.verify(stored, FOREIGN_PASSWORD, null)).toBe(false);
    }
    const { stored } = foreignHash('sha1, salt first');
    for (const form of ['NFC', 'NFD']) expect(await hasher.verify(stored, FOREIGN_PASSWORD.normalize(form), null)).toBe(true);
  });

  it.each(FOREIGN_HASHES.filter(({ stored }, at, all) => stored.slice(0, 5) !== all[at - 1]?.stored.slice(0, 5)))(
    'verifies $family, $name',
    async ({ password, stored }) => {
      expect([await hasher.verify(stored, password, null), await hasher.verify(stored, `x${password}`, null)]).toEqual([true, false]);
      expect(warnings).toEqual([]);
    },
  );

  it('marks every hash for replacement except Argon2id with at least the own cost', () => {
    const kept = FOREIGN_HASHES.filter(({ stored }) => !hasher.isWeak(stored)).map(({ name }) => name);
    expect(kept).toEqual(['Argon2id, 64 MiB, three passes', 'Argon2id, as ours']);
    expect(hasher.isWeak('$argon2id$v=19$m=65536,t=3,p=4$c2hvcnQ$uHaHaX6k8PEDQh1x9R7Jjyn2XWALGV8h8nRhlka/dsZY')).toBe(true);
    expect(hasher.isWeak('$argon2id$v=19$m=65536,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$uHaHaX6k8PEDQh1x9R7Jjw')).toBe(true);
  });

  describe('a wrong password costs one Argon2id hash', () => {
    it('without an account or password, and with its own hash', async () => {
      const own = await hasher.hash(FOREIGN_PASSWORD, null);
      for (const stored of [null, own]) expect(await fullPrice(() => hasher.verify(stored, WRONG, null))).toBe(1);
    });

    it.each(['Argon2id, 4 MiB, one pass', '$2b$', 'PHC scrypt', 'Werkzeug: pbkdf2:sha256:1000', 'md5, salt first', '{SSHA256}'])(
      'with %s',
      async (name) => {
        expect(await fullPrice(() => hasher.verify(foreignHash(name).stored, WRONG, null))).toBe(1);
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
    ])('with a refused hash: %.40s', async (stored) => {
      expect(await fullPrice(() => hasher.verify(stored, FOREIGN_PASSWORD, null))).toBe(1);
      expect(warnings).toHaveLength(1);
    });

    it('if the verification throws; the warning does not quote the error', async () => {
      const { stored } = foreignHash('Argon2id, 64 MiB, three passes');
      vi.mocked(argon2.verify).mockRejectedValueOnce(new Error(`cannot read ${stored}`));
      expect(await fullPrice(() => hasher.verify(stored, FOREIGN_PASSWORD, null))).toBe(1);
      expect(warnings).toEqual(['Stored password hashes of the family "argon2" cannot be compared with: the comparison failed']);
    });

    it('and no less than WRONG_PASSWORD_MIN_MS, whatever is stored; a right one does not wait', async () => {
      const patient = new PasswordHasher({ WRONG_PASSWORD_MIN_MS: 3_000 } as Settings);
      const impatient = new PasswordHasher({ WRONG_PASSWORD_MIN_MS: 1_000 } as Settings);
      await Promise.all([patient.onModuleInit(), impatient.onModuleInit()]);
      const timed = async (stored: string | null, password: string): Promise<number> => {
        const start = performance.now();
        await patient.verify(stored, password, null);
        return performance.now() - start;
      };
      const kinds = [null, '$2b$31$broken', foreignHash('Django: bcrypt').stored, foreignHash('PHC scrypt, 128 MiB').stored];
      const waited = await Promise.all(kinds.map((stored) => timed(stored, WRONG)));
      expect(waited.filter((ms) => ms < 2_990)).toEqual([]);
      const twice = performance.now();
      await impatient.verify(null, WRONG.normalize('NFD'), null);
      expect(performance.now() - twice).toBeGreaterThan(1_990);
      const right = foreignHash('md5, salt first');
      expect(await timed(right.stored, right.password)).toBeLessThan(Math.min(...waited));
    });

    it('and two for every account if the password is not typed in NFC', async () => {
      const own = await hasher.hash(FOREIGN_PASSWORD, null);
      const typed = WRONG.normalize('NFD');
      for (const stored of [null, own, foreignHash('md5, salt first').stored, 'not a hash'])
        expect(await fullPrice(() => hasher.verify(stored, typed, null))).toBe(2);
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
    for (const stored of [...refused, ...refused]) expect(await hasher.verify(stored, FOREIGN_PASSWORD, null)).toBe(false);
    expect(warnings.map((warning) => /"(\w+)"/.exec(warning)?.[1])).toEqual(['bcrypt', 'unknown', 'digest']);
    for (const stored of refused) expect(warnings.join()).not.toContain(stored);
  });

  it.each(['Django: pbkdf2_sha256', 'PHC scrypt, 128 MiB', 'Django: argon2', 'Django: bcrypt'])(
    'does not block the event loop with %s',
    async (name) => {
      const { stored, password } = foreignHash(name);
      let turns = 0;
      const timer = setInterval(() => (turns += 1), 1);
      // Verifications on this thread would let no timer run, however many there are. One on another thread may end before the first timer,
      // so it is repeated.
      const start = performance.now();
      do await hasher.verify(stored, password, null);
      while (turns === 0 && performance.now() - start < 5_000);
      clearInterval(timer);
      expect(turns).toBeGreaterThan(0);
    },
  );
});
