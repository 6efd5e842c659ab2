import { describe, expect, it } from 'vitest';
import type { HashSecrets } from '../../src/auth/passwords/foreign-hashes/hash-family.js';
import { inspectHash, readHash } from '../../src/auth/passwords/foreign-hashes/hash-families.js';
import { FOREIGN_HASHES, LONG_PASSWORD, foreignHash } from '../unit/auth/foreign-hashes.js';
import { leastCpuTimeOf } from '../support/cpu-time.js';

/** Whether the password matches; also false if the hash is refused or its family is unknown. */
async function matches(stored: string, password: string, secrets: HashSecrets = {}): Promise<boolean> {
  const hash = readHash(stored)?.hash;
  return hash !== undefined && 'verify' in hash && hash.verify(password, secrets);
}

const reasonOf = (stored: string): string | undefined => inspectHash(stored)?.reason;
const refused = (reason: string) => expect.stringMatching(reason);

/** Hashes cheap enough to try a change of every character. */
const CHEAP = FOREIGN_HASHES.filter(
  ({ name, family }) =>
    family === 'digest' ||
    /^Argon2.* v1[69]$|^\$2b\$|^bcrypt, longer|1024|:1000$|adapted|1200 iterations|^passlib: \$[1HP]|BLF-CRYPT/.test(name),
);

/** A different character, mostly of the same kind. */
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

  it.each(FOREIGN_HASHES)('$family, $name: a password with one more character is wrong', async ({ name, password, stored }) => {
    const cutOff = name === 'bcrypt, longer than 72 bytes';
    expect(await matches(stored, `${password}z`)).toBe(cutOff);
  });

  it('bcrypt reads the first 72 bytes only; Django avoids this by hashing first', async () => {
    const plain = foreignHash('bcrypt, longer than 72 bytes').stored;
    const hashed = foreignHash('Django: bcrypt_sha256, longer than 72 bytes').stored;
    const first72 = Buffer.from(LONG_PASSWORD).subarray(0, 72).toString();
    expect([await matches(plain, first72), await matches(plain, first72.slice(0, -1))]).toEqual([true, false]);
    expect([await matches(hashed, first72), await matches(hashed, LONG_PASSWORD)]).toEqual([false, true]);
  });

  it.each(CHEAP)('$family, $name: a hash with any one character changed does not match', async ({ password, stored }) => {
    for (let at = 0; at < stored.length; at += 1) {
      const changed = `${stored.slice(0, at)}${next(stored.charAt(at))}${stored.slice(at + 1)}`;
      // A bcrypt cost that grows tenfold would take seconds and prove nothing more.
      if (changed.startsWith('$2b$1')) continue;
      expect([changed, await matches(changed, password)]).toEqual([changed, false]);
    }
  });

  it.each(FOREIGN_HASHES)('$family, $name: a hash that is cut off or extended does not match', async ({ password, stored }) => {
    for (let length = 0; length < stored.length; length += 1) readHash(stored.slice(0, length));
    for (const changed of [stored.slice(0, -1), `${stored}A`, `${stored}\n`, `${stored} `, ` ${stored}`, `${stored}$`, `${stored}\0`])
      expect([changed, await matches(changed, password)]).toEqual([changed, false]);
  });

  it('base64 with unused bits set is refused, because it would be a second notation of the same hash', () => {
    const { stored } = foreignHash('{SSHA256}');
    expect(stored.endsWith('0')).toBe(true);
    expect(inspectHash('{SSHA}IiIxFOhHV8lynWyaz1oPL/feSo4A/xBzYWx0')?.supported).toBe(true);
    expect(reasonOf('{SMD5}v1P4s57O9ZNrdAlyubje/AD/EHNhbHR=')).toBe('malformed');
    expect(reasonOf('$2b$05$abcdefghijklmnopqrstuvdVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6')).toBe('malformed');
    expect(reasonOf('$2b$05$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs7')).toBe('malformed');
  });

  describe('that cost more than a sign-in may are refused, with the reason:', () => {
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
      [`$pbkdf2-sha256$i=2000001,l=32$AAAAAAAA$${'A'.repeat(43)}`, 'iterations'],
      [`{PBKDF2}$1$salt$2000001$${'ab'.repeat(20)}`, 'iterations'],
      [`AQAAAAEAHoSB${'A'.repeat(48)}`, 'malformed'],
      ['AQAAAAEAHoSBAAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M', 'iterations'],
      [`$5$rounds=700000$salt$${'.'.repeat(43)}`, undefined],
      [`$5$rounds=700001$salt$${'.'.repeat(43)}`, 'rounds'],
      [`$6$rounds=999999999$salt$${'.'.repeat(86)}`, 'rounds'],
      [`$P$H12345678${'.'.repeat(22)}`, undefined],
      [`$P$I12345678${'.'.repeat(22)}`, 'rounds'],
      [`$H$z12345678${'.'.repeat(22)}`, 'rounds'],
      ['$fbscrypt$v=1,n=17,r=8,p=1,ss=Bw==,sk=AAAA$AAAA$AAAA', undefined],
      ['$fbscrypt$v=1,n=18,r=8,p=1,ss=Bw==,sk=AAAA$AAAA$AAAA', 'memory'],
      ['$fbscrypt$v=1,n=14,r=8,p=99,ss=Bw==,sk=AAAA$AAAA$AAAA', 'work'],
      [`$wp$2y$15$${'.'.repeat(53)}`, 'cost'],
      [`{BLF-CRYPT}${bcrypt('15')}`, 'cost'],
    ])('%s', (stored, reason) => {
      expect(inspectHash(stored)).toMatchObject(reason === undefined ? { supported: true } : { supported: false, reason: refused(reason) });
    });
  });

  it('without the number of iterations, or of the faulty variant $2x$, are refused', () => {
    expect(reasonOf(`pbkdf2:sha256$salt$${'ab'.repeat(32)}`)).toBe('the number of iterations is not stated');
    expect(reasonOf('$2x$05$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6')).toMatch('$2x$');
  });

  it('bcrypt: the pepper follows the password, but only in the bare notation', async () => {
    // jBCrypt's vector of "abc".
    const bare = foreignHash('jBCrypt: abc').stored;
    expect(await matches(bare, 'a', { bcryptPepper: 'bc' })).toBe(true);
    expect(await matches(bare, 'abc', { bcryptPepper: 'bc' })).toBe(false);
    for (const stored of [`{BLF-CRYPT}${bare}`, `bcrypt$${bare}`])
      expect([await matches(stored, 'abc', { bcryptPepper: 'bc' }), await matches(stored, 'a', { bcryptPepper: 'bc' })]).toEqual([
        true,
        false,
      ]);
  });

  it('WordPress: quotes and backslashes count with and without the backslash that its forms put before them', async () => {
    // Made with Python's hashlib: 2^7 rounds of the password `it\'s` and `it's`.
    for (const stored of ['$P$5abcdefgh2uB26JT7HXwGP7ZLj6VfE/', '$P$5abcdefghRHHPW3RPegpLxAAkqoVbt/'])
      expect([stored, await matches(stored, "it's")]).toEqual([stored, true]);
  });

  it('phpBB: what HTML escapes counts as its forms stored it, escaped, and as scripts did', async () => {
    const password = `R&D "<b>" it's`;
    // Made with Python's hashlib (2^7 rounds) and libxcrypt: of `R&amp;D &quot;&lt;b&gt;&quot; it's`, and of the password itself.
    const [escaped, plain] = [
      '$2y$04$abcdefghijklmnopqrstuuhSJgUDD2gNP1aj37BYJH8phl1UJ78J6',
      '$2y$04$abcdefghijklmnopqrstuuAGR0blBAQrdZ4J5Uni2qOPKeDZDFmWu',
    ];
    const [escapedByPhpass, plainByPhpass] = ['5abcdefghiosb3TQAGKggGaCYnaH9..', '5abcdefghmbvM6Jig9GDAgcgt3kVJI/'];
    for (const stored of [`$H$${escapedByPhpass}`, `$H$${plainByPhpass}`, `{PHPBB}${escaped}`, `{phpbb}${plain}`])
      expect([stored, await matches(stored, password, { bcryptPepper: 'x' }), await matches(stored, `${password}x`)]).toEqual([
        stored,
        true,
        false,
      ]);
    // Other systems hash what was typed.
    expect([await matches(`$P$${escapedByPhpass}`, password), await matches(`$P$${plainByPhpass}`, password)]).toEqual([false, true]);
    expect([await matches(escaped, password), await matches(plain, password)]).toEqual([false, true]);
    expect(inspectHash(`{PHPBB}${escaped.replace('04', '31')}`)).toMatchObject({ family: 'bcrypt', supported: false });
    for (const stored of ['{PHPBB}', '{PHPBB}$2b$04$', `{PHPBB}{PHPBB}${plain}`, '{PHPBB}5f4dcc3b5aa765d61d8327deb882cf99'])
      expect([stored, inspectHash(stored)]).toEqual([stored, null]);
  });

  it('crypt(3) and phpass: a password of more than 256 bytes is wrong without a computation', async () => {
    // libxcrypt's crypt(3) by way of Python's crypt.
    const [longest, longer] = ['5WmAeGb0oTLEQjJPIH8A6i2EZn0erYEiQdkcW.UiQC/', 'A4DUuqBZL4CYLlNubqUl3U0mHyfaK5zlHUAFEaJXBAB'];
    expect(await matches(`$5$rounds=1000$saltstring$${longest}`, 'n'.repeat(256))).toBe(true);
    expect(await matches(`$5$rounds=1000$saltstring$${longer}`, 'n'.repeat(257))).toBe(false);
  });

  it.each([`$6$rounds=100000$salt$${'.'.repeat(86)}`, `$P$F12345678${'.'.repeat(22)}`])('%s leaves the event loop free', async (stored) => {
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    expect(await matches(stored, 'x')).toBe(false);
    isDone = true;
    // A computation on this thread would let one go by, before or after it.
    expect(turns).toBeGreaterThan(10);
  });

  it('that mean "no password" are told, and no password matches them', async () => {
    const none = { family: 'none', supported: false, reason: expect.stringContaining('no password') as string };
    for (const stored of ['!', '!XQzKyNi9F0Vd', '*', '!!', '*LK*', `!${foreignHash('Drepper: $5$').stored}`])
      expect([stored, inspectHash(stored), await matches(stored, 'Hello world!')]).toEqual([stored, none, false]);
  });

  it('of a known family but malformed are distinguished from unknown ones', () => {
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
      '$pbkdf2-sha256$',
      'md5$',
      'md5$seasalt',
      'md5$seasalt$',
      'md5$seasalt$3f86d0d3d465b7b458c231bf3555c0',
      'sha1$sea$salt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8',
      'sha256$salt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8',
      '{SSHA}',
      '{SSHA}!!!!',
      '{SSHA256}IiIxFOhHV8lynWyaz1oPL/feSo4A/xBzYWx0',
      '{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g',
      '{SHA256}W6ph5Mm5Pz8GgiULbPgzG37mj9g=',
      '{SHA.hex}W6ph5Mm5Pz8GgiULbPgzG37mj9g=',
      '{SHA.b64}5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8',
      '$1$salt$qJH7.N4xYta3aEG/dfqo',
      '$1$saltsaltsalt$qJH7.N4xYta3aEG/dfqo/0',
      '$1$sa lt$qJH7.N4xYta3aEG/dfqo/0',
      '$5$rounds=5000$salt$x',
      '$5$rounds=999$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
      '$5$rounds=05000$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
      '$6$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
      '{CRYPT}$6$salt$x',
      '{BLF-CRYPT}$2y$05$11ipvo5dR6CwkzwmhwM26O',
      '$P$',
      '$P$4IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0',
      '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L',
      '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r!L0',
      '$wp$2y$10$Q1xinFjrZeLWJBvxviIL6u834Fu',
      '$fbscrypt$',
      '$fbscrypt$v=2,n=14,r=8,p=1,ss=Bw==,sk=AAAA$AAAA$AAAA',
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=AAAA$AAAA$AAAAAAAA',
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw,sk=$AAAA$AAAA',
      '{PBKDF2}$1$salt$5000$abab',
      '{PBKDF2}$2$bUnT4Pl7yFtYX0KU$5000$50a83cafdc517b9f46519415e53c6a858908680a',
      '$pbkdf2-sha256$i=27500,l=32$Td6XuopYK6JNfUnIlqYMOQ==$ZXVC08Hf4jBOoYzVoNWYjQijsMC2oc/OUa9LciiIJ/1XHPF/qPiY1DqwLLDN2hYFmf/1kApkveD8/Pr7GVqjgw==',
      '$pbkdf2-sha256$i=0,l=20$wJuJqLoUFsdXa8k3sFhRlA$XMGVWTbeKf4Xd+CGiuEZde8x7QA',
      'AQAAAAEAACcQ',
      'AQAAAAEAAAAAAAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M',
      'AQAAAAEAACcQ/////whftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M',
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
      'x',
      '\0',
      'password',
      'plain$$secret',
      '{CLEARTEXT}secret',
      'crypt$$ab1Hv2Lg7ltQo',
      '$y$j9T$x$x',
      '$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2',
      'sha224$salt$abab',
      '__proto__$a$ab',
      'constructor$a$ab',
      'toString',
      '{__proto__}AAAA',
      'пароль',
      '\u{1F600}'.repeat(50),
      '\uD800',
    ])
      expect([stored, inspectHash(stored)]).toEqual([stored, null]);
  });

  it('are parsed quickly even if hostile', async () => {
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
      '{sha256.hex}',
      '{CRYPT}$6$',
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=',
      '$5$rounds=1',
      '$P$B',
      'AQAAAA',
      '$pbkdf2-sha256$i=1,l=1$',
      '$wp$2y$',
    ])
      for (const filler of ['$', 'a', '0', '=', 'A$', '\n']) {
        const ms = await leastCpuTimeOf(() => expect(inspectHash(prefix + filler.repeat(50_000))?.supported ?? false).toBe(false));
        expect(ms).toBeLessThan(50);
      }
  });
});
