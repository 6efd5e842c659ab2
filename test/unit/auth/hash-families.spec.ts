import { describe, expect, it } from 'vitest';
import { inspectHash, readHash } from '../../../src/auth/passwords/foreign-hashes/hash-families.js';
import { FOREIGN_HASHES, LONG_PASSWORD, foreignHash } from './foreign-hashes.js';
import { cpuTimeOf } from '../../support/cpu-time.js';

/** Whether the password matches; false too if the hash is refused or of no known family. */
async function matches(stored: string, password: string): Promise<boolean> {
  const hash = readHash(stored)?.hash;
  return hash !== undefined && 'verify' in hash && hash.verify(password);
}

const reasonOf = (stored: string): string | undefined => inspectHash(stored)?.reason;
const refused = (reason: string) => expect.stringMatching(reason);

/** The cheap ones: all positions of them are tried. */
const CHEAP = FOREIGN_HASHES.filter(
  ({ name, family }) => family === 'digest' || /^Argon2.* v1[69]$|^\$2b\$|^bcrypt, longer|1024|:1000$|adapted|1200 iterations/.test(name),
);

/** Another character of the same kind, mostly. */
function next(char: string): string {
  if (/\d/.test(char)) return String((Number(char) + 1) % 10);
  if (/[a-y]/i.test(char)) return String.fromCharCode(char.charCodeAt(0) + 1);
  return char === 'A' ? 'B' : 'A';
}

describe('hashes of other systems', () => {
  it.each(FOREIGN_HASHES)('$family, $name: the right password matches, a wrong one does not', async ({ family, password, stored }) => {
    expect(inspectHash(stored)).toEqual({ family, supported: true });
    expect(await matches(stored, password)).toBe(true);
    for (const wrong of [`x${password}`, password.toUpperCase() === password ? 'other' : password.toUpperCase()])
      expect(await matches(stored, wrong)).toBe(false);
  });

  it.each(FOREIGN_HASHES)('$family, $name: a character more is a wrong password', async ({ name, password, stored }) => {
    const cutOff = name === 'bcrypt, longer than 72 bytes';
    expect(await matches(stored, `${password}z`)).toBe(cutOff);
  });

  it('bcrypt counts the first 72 bytes only, Django beats it by hashing first', async () => {
    const plain = foreignHash('bcrypt, longer than 72 bytes').stored;
    const hashed = foreignHash('Django: bcrypt_sha256, longer than 72 bytes').stored;
    const first72 = Buffer.from(LONG_PASSWORD).subarray(0, 72).toString();
    expect([await matches(plain, first72), await matches(plain, first72.slice(0, -1))]).toEqual([true, false]);
    expect([await matches(hashed, first72), await matches(hashed, LONG_PASSWORD)]).toEqual([false, true]);
  });

  it.each(CHEAP)('$family, $name: no character can be another', async ({ password, stored }) => {
    for (let at = 0; at < stored.length; at += 1) {
      const changed = `${stored.slice(0, at)}${next(stored.charAt(at))}${stored.slice(at + 1)}`;
      // A cost that grows tenfold says nothing more and takes seconds.
      if (changed.startsWith('$2b$1')) continue;
      expect([changed, await matches(changed, password)]).toEqual([changed, false]);
    }
  });

  it.each(FOREIGN_HASHES)('$family, $name: no end of it can be missing or added', async ({ password, stored }) => {
    for (let length = 0; length < stored.length; length += 1) readHash(stored.slice(0, length));
    for (const changed of [stored.slice(0, -1), `${stored}A`, `${stored}\n`, `${stored} `, ` ${stored}`, `${stored}$`, `${stored}\0`])
      expect([changed, await matches(changed, password)]).toEqual([changed, false]);
  });

  it('base64 with bits to spare is refused: two notations of one hash', () => {
    const { stored } = foreignHash('{SSHA256}');
    expect(stored.endsWith('0')).toBe(true);
    expect(inspectHash('{SSHA}IiIxFOhHV8lynWyaz1oPL/feSo4A/xBzYWx0')?.supported).toBe(true);
    expect(reasonOf('{SMD5}v1P4s57O9ZNrdAlyubje/AD/EHNhbHR=')).toBe('malformed');
    expect(reasonOf('$2b$05$abcdefghijklmnopqrstuvdVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6')).toBe('malformed');
    expect(reasonOf('$2b$05$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs7')).toBe('malformed');
  });

  describe('dearer than a sign-in may be are refused, with the reason:', () => {
    const argon2 = (parameters: string): string =>
      `$argon2id$v=19$${parameters}$MDEyMzQ1Njc4OWFiY2RlZg$jYR7m28TZGSqS2r2D3TzNG2NaE923UKC5KQGY0NdmoU`;
    const bcrypt = (cost: string): string => `$2b$${cost}$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6`;
    const key64 = 'ab'.repeat(64);

    it.each([
      [argon2('m=262144,t=16,p=8'), undefined],
      [argon2('m=262145,t=1,p=1'), 'memory'],
      [argon2('m=999999999,t=1,p=1'), 'memory'],
      [argon2('m=4096,t=17,p=1'), 'passes'],
      [argon2('m=4096,t=1,p=9'), 'lanes'],
      [bcrypt('14'), undefined],
      [bcrypt('15'), 'cost'],
      [bcrypt('31'), 'cost'],
      [bcrypt('99'), 'cost'],
      [`scrypt:131072:8:2$salt$${key64}`, undefined],
      [`scrypt:262144:8:1$salt$${key64}`, 'memory'],
      [`scrypt:131072:8:3$salt$${key64}`, 'work'],
      [`scrypt:2:8:1000000$salt$${key64}`, 'work'],
      [`scrypt:2:99999999:1$salt$${key64}`, 'memory'],
      [`scrypt:${'9'.repeat(400)}:8:1$salt$${key64}`, 'memory'],
      ['$scrypt$ln=63,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$Ha3faIk3xgcgSfU2WKQVP71+Qib7TYYpDIeUJOpkT5Q', 'memory'],
      [`pbkdf2:sha256:2000000$salt$${'ab'.repeat(32)}`, undefined],
      [`pbkdf2:sha256:2000001$salt$${'ab'.repeat(32)}`, 'iterations'],
      [`pbkdf2:sha1:${'9'.repeat(400)}$salt$${'ab'.repeat(20)}`, 'iterations'],
    ])('%s', (stored, reason) => {
      expect(inspectHash(stored)).toMatchObject(reason === undefined ? { supported: true } : { supported: false, reason: refused(reason) });
    });
  });

  it('that do not say enough, or were made wrongly, are refused', () => {
    expect(reasonOf(`pbkdf2:sha256$salt$${'ab'.repeat(32)}`)).toBe('the number of iterations is not stated');
    expect(reasonOf('$2x$05$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6')).toMatch('$2x$');
  });

  it('of a family, but malformed, are told from those of none', () => {
    for (const stored of [
      '$argon2id$',
      '$argon2id$v=19$m=4096,t=1,p=1$$',
      '$argon2id$v=18$m=4096,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$jYR7m28TZGSqS2r2D3TzNG2NaE923UKC5KQGY0NdmoU',
      '$argon2id$v=19$m=04096,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$jYR7m28TZGSqS2r2D3TzNG2NaE923UKC5KQGY0NdmoU',
      '$argon2id$v=19$m=0,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$jYR7m28TZGSqS2r2D3TzNG2NaE923UKC5KQGY0NdmoU',
      '$argon2id$v=19$m=15,t=1,p=2$MDEyMzQ1Njc4OWFiY2RlZg$jYR7m28TZGSqS2r2D3TzNG2NaE923UKC5KQGY0NdmoU',
      '$argon2id$v=19$m=4096,t=1,p=1,keyid=AA$MDEyMzQ1Njc4OWFiY2RlZg$jYR7m28TZGSqS2r2D3TzNG2NaE923UKC5KQGY0NdmoU',
      '$argon2id$v=19$m=4096,t=1,p=1$MDEy$jYR7m28TZGSqS2r2D3TzNG2NaE923UKC5KQGY0NdmoU',
      '$argon2id$v=19$m=4096,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$jYR7',
      'argon2$argon2id$v=19$',
      '$2$05$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6',
      '$2b$5$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6',
      '$2b$+4$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6',
      '$2b$03$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6',
      '$2b$05$abcdefghijklmnopqrst',
      'bcrypt$$2b$05$',
      'bcrypt_sha256$$2b$05$',
      'scrypt:32768:8:1$salt$',
      'scrypt:32768:8:1$$abababababababababababababababab',
      'scrypt:32767:8:1$salt$abababababababababababababababab',
      'scrypt:1:8:1$salt$abababababababababababababababab',
      'scrypt:0:8:1$salt$abababababababababababababababab',
      'scrypt:-4:8:1$salt$abababababababababababababababab',
      'scrypt:4e3:8:1$salt$abababababababababababababababab',
      'scrypt:32768:8:1$salt$abab',
      `scrypt:32768:8:1$salt$${'ab'.repeat(65)}`,
      'scrypt:32768:8:1$salt$ABABABABABABABABABABABABABABABAB',
      'scrypt:32768:8$salt$abababababababababababababababab',
      'scrypt$16384$seasalt$8$1',
      'scrypt$seasalt$16384$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==',
      '$scrypt$ln=0,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$Ha3faIk3xgcgSfU2WKQVP71+Qib7TYYpDIeUJOpkT5Q',
      '$scrypt$',
      'pbkdf2_sha256$1200$seasalt$',
      'pbkdf2_sha256$0$seasalt$auHd+gFdwsarN5QMzt1ZJGPIQ71sU+KKzSw+e/JmLwE=',
      'pbkdf2_sha256$1200$$auHd+gFdwsarN5QMzt1ZJGPIQ71sU+KKzSw+e/JmLwE=',
      'pbkdf2_md5$1200$seasalt$auHd+gFdwsarN5QMzt1ZJA==',
      'pbkdf2_sha512$1200$seasalt$auHd+gFdwsarN5QMzt1ZJGPIQ71sU+KKzSw+e/JmLwE=',
      'pbkdf2:sha256:1000$salt$abcd',
      '$pbkdf2-sha256$1200$+/+/$Nr5/K7RjvDUdE1jTXKJYD7HBQPPSWlBt8j2NhhTW8SM',
      '$pbkdf2-sha256$',
      'md5$',
      'md5$seasalt',
      'md5$seasalt$',
      'md5$seasalt$3F86D0D3D465B7B458C231BF3555C0E3',
      'md5$seasalt$3f86d0d3d465b7b458c231bf3555c0',
      'sha1$sea$salt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8',
      'sha256$salt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8',
      '{SSHA}',
      '{SSHA}!!!!',
      '{SSHA256}IiIxFOhHV8lynWyaz1oPL/feSo4A/xBzYWx0',
      '{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=',
      `md5$${'s'.repeat(2_000)}$3f86d0d3d465b7b458c231bf3555c0e3`,
    ])
      expect([stored, inspectHash(stored)]).toEqual([stored, expect.objectContaining({ supported: false, reason: 'malformed' })]);

    for (const stored of [
      '',
      ' ',
      '$',
      '$$',
      '$$$$$$',
      '!',
      '*',
      'x',
      '\0',
      'password',
      'plain$$secret',
      '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=',
      '{CLEARTEXT}secret',
      '{ssha}IiIxFOhHV8lynWyaz1oPL/feSo4A/xBzYWx0',
      'crypt$$ab1Hv2Lg7ltQo',
      '$1$salt$qJH7.N4xYta3aEG/dfqo/0',
      '$5$rounds=5000$salt$x',
      '$6$salt$x',
      '$y$j9T$x$x',
      '$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2',
      'sha224$salt$abab',
      '__proto__$a$ab',
      'constructor$a$ab',
      'toString',
      '{__proto__}AAAA',
      '6d138ca3ae545631b3abd71a4f076ce759c5700b',
      '88A434C88CCA4E900F7874CD98123F43',
      'пароль',
      '\u{1F600}'.repeat(50),
      '\uD800',
    ])
      expect([stored, inspectHash(stored)]).toEqual([stored, null]);
  });

  it('are read in no time, however hostile', async () => {
    for (const prefix of [
      '',
      '$argon2id$v=19$m=1,t=1,p=1$',
      '$2b$04$',
      'scrypt:',
      'scrypt$1$',
      '$scrypt$',
      'pbkdf2:sha256:',
      'pbkdf2_sha1$1$',
      '$pbkdf2$',
      'md5$',
      '{SSHA}',
    ])
      for (const filler of ['$', 'a', '0', '=', 'A$', '\n']) {
        const ms = await cpuTimeOf(() => expect(inspectHash(prefix + filler.repeat(50_000))?.supported ?? false).toBe(false));
        expect(ms).toBeLessThan(50);
      }
  });
});
