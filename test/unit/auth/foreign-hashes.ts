/** What every hash below was made of, unless it says otherwise. In NFC; `ï` is two bytes. */
export const FOREIGN_PASSWORD = 'four bright bïrds sing';

/** Longer than the 72 bytes that bcrypt looks at, with a letter of two bytes across the boundary's near side. */
export const LONG_PASSWORD = `${'n'.repeat(70)}éxtra beyond the limit`;

export interface ForeignHash {
  name: string;
  family: 'argon2' | 'bcrypt' | 'scrypt' | 'pbkdf2' | 'digest';
  password: string;
  stored: string;
}

const of = (family: ForeignHash['family'], hashes: Record<string, string>, password = FOREIGN_PASSWORD): ForeignHash[] =>
  Object.entries(hashes).map(([name, stored]) => ({ name, family, password, stored }));

/** Made here, each with a program that shares no code with the one under test. */
const MADE: ForeignHash[] = [
  // libargon2 0~20171227 (the reference implementation), `argon2_hash` by way of Python's ctypes.
  ...of('argon2', {
    'Argon2d v16': '$argon2d$v=16$m=1024,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$S3ALUO69liRh2ibsaAykrhvy4Lbr/cmXgdsjO9DwNI4',
    'Argon2d v19': '$argon2d$v=19$m=1024,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$T2VBlUOJV4qdsn6qhaFXDhGxAovh1qpyJ2EvMgXxNaw',
    'Argon2i v16': '$argon2i$v=16$m=1024,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$LpHHyjVqGx8zmVPMXPfHwjWvcOMn+GJs+pqJB95K1zo',
    'Argon2i v19': '$argon2i$v=19$m=1024,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$8pw5tFvASn17DVUYoHyZLoG4n5BZ0NuDsXRyVDqJFjk',
    'Argon2id v16': '$argon2id$v=16$m=1024,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$w30V/U4mVcO+o2cbLf/BDOfVEbeQD1BCLD1kfQR/Pt0',
    'Argon2id v19': '$argon2id$v=19$m=1024,t=3,p=2$MDEyMzQ1Njc4OWFiY2RlZg$SUZwuT8dR4UyRwEmL4+OL+oF8iGlZn3VV5Z/fGMZTbI',
    'Argon2id, 4 MiB, one pass': '$argon2id$v=19$m=4096,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$jYR7m28TZGSqS2r2D3TzNG2NaE923UKC5KQGY0NdmoU',
    'Django: argon2': 'argon2$argon2id$v=19$m=102400,t=2,p=8$c2Vhc2FsdHNlYXNhbHQyMg$ukm/Ff5VnKoeTrRI6tmDWchzCBibG5v1foeqlxzwg5k',
    'Argon2id, 64 MiB, three passes': '$argon2id$v=19$m=65536,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$uaHaX6k8PEDQh1x9R7Jjyn2XWALGV8h8nRhlka/dsZY',
    'Argon2id, as ours': '$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$97+u5SbtKEvlk1FUF16NhOclUyJCvTZkXr1xhuAnD8w',
  }),
  // libxcrypt's crypt(3) by way of Python's crypt; SHA-256 by hashlib.
  ...of('bcrypt', {
    $2a$: '$2a$05$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6',
    $2b$: '$2b$05$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6',
    $2y$: '$2y$05$abcdefghijklmnopqrstuudVF5wSjKYArxlSvvoHJ6R6VD7Dx7gs6',
    'Django: bcrypt': 'bcrypt$$2b$06$zyxwvutsrqponmlkjihgfew55ssSCxGuccpT0CLUhMlLlzjmIbRsa',
    'Django: bcrypt_sha256': 'bcrypt_sha256$$2b$06$zyxwvutsrqponmlkjihgfesb6f.L6uLbrVt199ndt1Xz0JhjJMKRi',
  }),
  ...of(
    'bcrypt',
    {
      'bcrypt, longer than 72 bytes': '$2b$04$abcdefghijklmnopqrstuuH5G.HS6/F6XkIPwLAB2wwtvmcN4LqB6',
      'Django: bcrypt_sha256, longer than 72 bytes': 'bcrypt_sha256$$2b$04$zyxwvutsrqponmlkjihgfeRgFxoFYuDqNmG2nBQFFy573JRtaFA8i',
    },
    LONG_PASSWORD,
  ),
  // Werkzeug 3.1.8, `generate_password_hash`; the others Python's hashlib.scrypt (OpenSSL).
  ...of('scrypt', {
    'Werkzeug: scrypt:32768:8:1':
      'scrypt:32768:8:1$XVAgMMkBJ6hxOJqX$bd6525648d2915eb50c8db1e25249dc62908955fc256d361baed0613afa4a90f64b7738585a57d8623f1d91d7dc0a51cce29aead0ea9961099db2c3561edd769',
    'Werkzeug: scrypt:1024:8:2':
      'scrypt:1024:8:2$XVAgMMkBJ6hxOJqX$f45da04d9d216e397227944b33c2eb351e85827053763acfe496dde92cbed7cefcd4541ac8a88392612083a55ea579e66ca7ccafc16b48b7e77510d3abd026e7',
    'Django: scrypt, five lanes':
      'scrypt$16384$seasalt$8$5$XA+0FC43GqqUHR34vqUMTHnRg3D3hBrHp1yWky4d70VOmFQ6pPpk4Pdpp9gTGVkRshh0sb/ACMqMOa6c/GM9NQ==',
    'PHC scrypt': '$scrypt$ln=12,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$Ha3faIk3xgcgSfU2WKQVP71+Qib7TYYpDIeUJOpkT5Q',
    'PHC scrypt, 128 MiB': '$scrypt$ln=17,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$82WDiQaaTOMW/fj46/CkyCFpMDbjvEHIm/91XsL8qIU',
  }),
  // Werkzeug 3.1.8, `generate_password_hash`; the others Python's hashlib.pbkdf2_hmac.
  ...of('pbkdf2', {
    'Werkzeug: pbkdf2:sha256:1000': 'pbkdf2:sha256:1000$XVAgMMkBJ6hxOJqX$3cbfc357050a23adf59d2a7eca4061650948ca8ff66cb176371bcc7a2b0d9f33',
    'Werkzeug: pbkdf2:sha1:1000': 'pbkdf2:sha1:1000$XVAgMMkBJ6hxOJqX$7ace17887f16c44e6de3e9f20c3bdbda82260e92',
    'Werkzeug: pbkdf2:sha512:1000':
      'pbkdf2:sha512:1000$XVAgMMkBJ6hxOJqX$b323bc0c824d98d796d4adce6e951bd2d984bd40323915df991f35c327d8e52e85ae64379d062932626b1b67bbd931745c67f4617ecadc6722d2d654b671d053',
    'Django: pbkdf2_sha256, 1200 iterations': 'pbkdf2_sha256$1200$seasalt$auHd+gFdwsarN5QMzt1ZJGPIQ71sU+KKzSw+e/JmLwE=',
    'Django: pbkdf2_sha1, 1200 iterations': 'pbkdf2_sha1$1200$seasalt$gnwW844KmMZH2mVPE5Y6Dvph9XU=',
    'Django: pbkdf2_sha512, 1200 iterations':
      'pbkdf2_sha512$1200$seasalt$se7glJrYDhHvAuidDIz/3UaJ3Km8P1CJKxUt+BB7Jak4CahZNDv3Dxg8WuU7Q2Hiwxfnb3rMzu5NLv5TrVs5QA==',
    'passlib: $pbkdf2-sha256$, adapted base64':
      '$pbkdf2-sha256$1200$MDEyMzQ1Njc4OWFiY2RlZv/..w$Nr5/K7RjvDUdE1jTXKJYD7HBQPPSWlBt8j2NhhTW8SM',
    'passlib: $pbkdf2$, adapted base64': '$pbkdf2$1200$MDEyMzQ1Njc4OWFiY2RlZv/..w$X7IUZaWI1Zg3P.y1fASjoM9zKs8',
    'passlib: $pbkdf2-sha512$, adapted base64':
      '$pbkdf2-sha512$1200$MDEyMzQ1Njc4OWFiY2RlZv/..w$eZ67rjYle5gmgd0zpvlO9FNYQdnaO/hEKmLAqDUYdxkj.q72OCs1XTYnY36c5/Z9jyvjctH1nFJmz9BlZz.UGA',
  }),
  // Python's hashlib and hmac.
  ...of('digest', {
    'md5, salt first': 'md5$seasalt$df0336f38c7dd0e2d0a76aa59fb4d871',
    'md5, HMAC of the salt (Werkzeug 2)': 'md5$XVAgMMkB$dd466ebb8e10a7b1a6c70f25f49ffb1a',
    'sha1, salt first': 'sha1$seasalt$feae369db2de8734c39092fcc3de9e4af7ad04ff',
    'sha1, HMAC of the salt (Werkzeug 2)': 'sha1$XVAgMMkB$c335ecb758e33aa543f02f840a682d58bed9ca4f',
    'sha256, salt first': 'sha256$seasalt$614bc5927c872a9af3facd7903228d33fb1db50d24da2521b620c744f292a243',
    'sha256, HMAC of the salt (Werkzeug 2)': 'sha256$XVAgMMkB$83bc097b7d41e3ea2f1904ae15a786d51754a23c49a92a71c19f66f9d26805dd',
    'sha512, salt first':
      'sha512$seasalt$c266a340ae553b8d170bc63e65fee0a8b593698ab88fb0721d83a4f672f1d187efc61d54cbb1c98108a129e89a7b3d38a655578192415821b219357f7d7550e6',
    'sha512, HMAC of the salt (Werkzeug 2)':
      'sha512$XVAgMMkB$125597200479a55c8456d185ddcb6937cac097c8641b2f6bec0d0510e49b4efaf5234bb2eab3fef33c021ff267c49daa460b0fc61f010e27d9fd74e07c9302ac',
    'md5, no salt': 'md5$$94d225c6decf16f6046121bf703f84e3',
    'sha1, no salt': 'sha1$$0864d48c117ab8b9da8a4fbdc62b22ca439fe907',
    'sha256, no salt': 'sha256$$208523b68cca144912b1484f126a1d036aecaa0e64df60f0ebb497a555fe615c',
    'MD5 alone': '94d225c6decf16f6046121bf703f84e3',
    '{SMD5}': '{SMD5}v1P4s57O9ZNrdAlyubje/AD/EHNhbHQ=',
    '{SSHA}': '{SSHA}IiIxFOhHV8lynWyaz1oPL/feSo4A/xBzYWx0',
    '{SSHA256}': '{SSHA256}JaoermJB6WFkzUspdq1LJHQFbcb+Maq+19YCUbld80kA/xBzYWx0',
    '{SSHA512}': '{SSHA512}S7EgrZDhbGSWv6vNbOgc48F5Kfh+GKmxm6lcH/s4kNxfr1B0nUZ8vNA2nmN2SO3qi0QBPpa7PlRdj6MN8/HDSwD/EHNhbHQ=',
  }),
];

/** Printed in the documentation and the tests of the programs they come from. */
const PUBLISHED: ForeignHash[] = [
  // phc-winner-argon2, src/test.c. The first states no version, which means 16.
  ...of(
    'argon2',
    {
      'phc-winner-argon2: Argon2i v16': '$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ',
      'phc-winner-argon2: Argon2i v19': '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA',
      'phc-winner-argon2: Argon2id': '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
    },
    'password',
  ),
  // John the Ripper and jBCrypt test vectors.
  ...of('bcrypt', { 'John the Ripper: U*U': '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' }, 'U*U'),
  ...of('bcrypt', { 'jBCrypt: abc': '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i' }, 'abc'),
  ...of('bcrypt', { 'jBCrypt: empty': '$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.' }, ''),
  // passlib's documentation.
  ...of(
    'scrypt',
    {
      'passlib: ln=8': '$scrypt$ln=8,r=8,p=1$WKs1xljLudd6z9kbY0wpJQ$yCR4iDZYDKv+iEJj6yHY0lv/epnfB6f/w1EbXrsJOuQ',
      'passlib: ln=16': '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
    },
    'password',
  ),
  ...of(
    'pbkdf2',
    {
      'passlib: 6400 rounds': '$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M',
      'passlib: salt of 10 bytes': '$pbkdf2-sha256$8000$XAuBMIYQQogxRg$tRRlz8hYn63B9LYiCd6PRo6FMiunY9ozmMMI3srxeRE',
    },
    'password',
  ),
  ...of('digest', { 'passlib: {SMD5}': '{SMD5}OqsUXNHIhHbznxrqHoIM+ZT8DmE=' }, 'password'),
  // Django's tests/auth_tests/test_hashers.py.
  ...of(
    'scrypt',
    {
      'Django: scrypt': 'scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NYafTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==',
    },
    'lètmein',
  ),
  ...of('pbkdf2', { 'Django: pbkdf2_sha256': 'pbkdf2_sha256$600000$seasalt$OAXyhAQ/4ZDA9V5RMExt3C1OwQdUpLZ99vm1McFlLRA=' }, 'lètmein'),
  ...of(
    'digest',
    {
      'Django: md5': 'md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3',
      'Django: sha1': 'sha1$seasalt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8',
      'Django: unsalted_md5': '88a434c88cca4e900f7874cd98123f43',
      'Django: md5 without salt': 'md5$$88a434c88cca4e900f7874cd98123f43',
      'Django: unsalted_sha1': 'sha1$$6d138ca3ae545631b3abd71a4f076ce759c5700b',
    },
    'lètmein',
  ),
];

export const FOREIGN_HASHES: readonly ForeignHash[] = [...MADE, ...PUBLISHED];

/** By the name it has above. */
export function foreignHash(name: string): ForeignHash {
  const found = FOREIGN_HASHES.find((hash) => hash.name === name);
  if (found === undefined) throw new Error(`no hash is called ${name}`);
  return found;
}

/** Of `FOREIGN_PASSWORD` in NFD. */
export const SHA1_OF_NFD = 'sha1$seasalt$67722954af8bcfdb7dbc3c96fd846503fba85315';

/** Of `FOREIGN_PASSWORD` in NFD, by an app whose Argon2id settings are ours. */
export const ARGON2_OF_NFD = '$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$m76R0rmxx7+qa/FarizvBhIQHE06iKZhk9+KdcYEWjY';
