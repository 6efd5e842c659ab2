/** The password of every hash below, unless stated otherwise. In NFC; `ï` takes two bytes. */
export const FOREIGN_PASSWORD = 'four bright bïrds sing';

/** Longer than the 72 bytes that bcrypt reads. A letter of two bytes is shortly before that limit. */
export const LONG_PASSWORD = `${'n'.repeat(70)}éxtra beyond the limit`;

export interface ForeignHash {
  name: string;
  family: 'argon2' | 'aspnet' | 'bcrypt' | 'crypt' | 'digest' | 'firebase' | 'pbkdf2' | 'phpass' | 'scrypt';
  password: string;
  stored: string;
}

const of = (family: ForeignHash['family'], hashes: Record<string, string>, password = FOREIGN_PASSWORD): ForeignHash[] =>
  Object.entries(hashes).map(([name, stored]) => ({ name, family, password, stored }));

/** Made for this test with programs that share no code with the one under test. */
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
  // better-auth 1.7.25, `hashPassword` of `better-auth/crypto`. The second password is in letters that NFKC replaces.
  ...of('scrypt', {
    'better-auth':
      '42a88b80a2edad8288fad94b54616138:f9eb48d8c608dd3011dc6dfd500b65517313fcdd9cf6666f8e88c3d48d2fe40f2a5bf7ba8a58e894bceddcacf46469aec0c034b51acbf875364fd177639a4435',
  }),
  ...of(
    'scrypt',
    {
      'better-auth, NFKC':
        '212430559bbb7d651c3ee543e0514def:1875b28a473e1a8e9bebd0f5eb97557d6480b346f3ebcc9c910d13a0bd885411ae6ecadab11d3259fc97b2d4cc5538eb7e61c2b509cf31c9654ce55c1bd911f0',
    },
    'ﬁve ½ bïrds',
  ),
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

/** Published in the documentation and tests of the programs that made them. */
const PUBLISHED: ForeignHash[] = [
  // phc-winner-argon2, src/test.c. The first one states no version, which means 16.
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

/** Salt and key of a credential of Keycloak. */
const KEYCLOAK = 'Td6XuopYK6JNfUnIlqYMOQ==$ZXVC08Hf4jBOoYzVoNWYjQijsMC2oc/OUa9LciiIJ/1XHPF/qPiY1DqwLLDN2hYFmf/1kApkveD8/Pr7GVqjgw==';

/** The same, of systems that one moves over from. */
const PUBLISHED_BY_PEERS: ForeignHash[] = [
  // README of https://github.com/firebase/scrypt, with its parameters in GoTrue's notation; GoTrue's internal/crypto/password_test.go.
  ...of(
    'firebase',
    {
      'firebase/scrypt':
        '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    },
    'user1password',
  ),
  ...of(
    'firebase',
    {
      'GoTrue: $fbscrypt$':
        '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oLspjnN0/c41v8xZnO1n14J3MjKj1b2g6AUCAlFwMw==$C0sHCg9ek77hsg==$zKVTMvnWVw5BBOZNUdnsalx4c4c7y/w7IS5p6Ut2+CfEFFlz37J9huyQfov4iizN8dbjvEJlM5tQaJP84+hfTw==',
    },
    'mytestpassword',
  ),
  // phpass, test.php; passlib, tests/test_handlers.py.
  ...of('phpass', { 'phpass: $P$': '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0' }, 'test12345'),
  ...of('phpass', { 'passlib: $H$': '$H$9aaaaaSXBjgypwqm.JsMssPLiS8YQ00' }, 'test1'),
  ...of('phpass', { 'passlib: $P$, 2^8 rounds': '$P$612345678si5M0DDyPpmRCmcltU/YW/' }, 'JohnRipper'),
  // A hash of an administrator of WordPress 7 that a demonstration publishes together with its password.
  ...of('bcrypt', { 'WordPress: $wp$': '$wp$2y$10$Q1xinFjrZeLWJBvxviIL6u834Fu.evIEFHAUVisQ5O.w9Dm0sMdES' }, 'admin'),
  // https://www.akkadia.org/drepper/SHA-crypt.txt. The salts are as the algorithm cuts them off.
  ...of(
    'crypt',
    {
      'Drepper: $5$': '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
      'Drepper: $6$': '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
      'Drepper: $5$, 10000 rounds': '$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA',
    },
    'Hello world!',
  ),
  ...of(
    'crypt',
    {
      'Drepper: $6$, 1400 rounds':
        '$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1',
      'Drepper: $5$, 1400 rounds': '$5$rounds=1400$anotherlongsalts$Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1',
    },
    'a very much longer text to encrypt.  This one even stretches over morethan one line.',
  ),
  // passlib, tests/test_handlers.py; the second one is of the crate pwhash.
  ...of('crypt', { 'passlib: $1$': '$1$jQS7o98J$V6iTcr71CGgwW2laf17pi1' }, '4lpHa N|_|M3r1K W/ Cur5Es: #$%(*)(*%#'),
  ...of('crypt', { 'pwhash: $apr1$': '$apr1$63JlJ2NH$smE0mnB5h3tDri0zkpWXt1' }, 'password'),
  // aspnetcore, src/Identity/test/Identity.Test/PasswordHasherTest.cs.
  ...of(
    'aspnet',
    {
      'ASP.NET Identity 2': 'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg==',
      'ASP.NET Identity 3: SHA-1, 250 iterations': 'AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M',
      'ASP.NET Identity 3: SHA-256':
        'AQAAAAEAA9CQAAAAIESkQuj2Du8Y+kbc5lcN/W/3NiAZFEm11P27nrSN5/tId+bR1SwV8CO1Jd72r4C08OLvplNlCDc3oQZ8efcW+jQ=',
      'ASP.NET Identity 3: SHA-512, 128 bits': 'AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw',
      'ASP.NET Identity 3: SHA-512, 512 bits':
        'AQAAAAIAAAD6AAAAIJbVi5wbMR+htSfFp8fTw8N8GOS/Sje+S/4YZcgBfU7EQuqv4OkVYmc4VJl9AGZzmRTxSkP7LtVi9IWyUxX8IAAfZ8v+ZfhjCcudtC1YERSqE1OEdXLW9VukPuJWBBjLuw==',
      'ASP.NET Identity 3: SHA-512': 'AQAAAAIAAYagAAAAEAABAgMEBQYHCAkKCwwNDg/Q8A0WMKbtHQJQ2DHCdoEeeFBrgNlldq6vH4qX/CGqGQ==',
    },
    'my password',
  ),
  // A credential of Keycloak in the tests of Inclusion Connect (tests/keycloak_compat), in both notations that it can be written in.
  ...of(
    'pbkdf2',
    {
      'Keycloak, PHC': `$pbkdf2-sha256$i=27500,l=64$${KEYCLOAK}`,
      'Keycloak, in the notation of passlib': `$pbkdf2-sha256$27500$${KEYCLOAK}`,
    },
    'RdaRfqP7Y89vy2',
  ),
  ...of('pbkdf2', { 'OneLogin: PHC of SHA-1': '$pbkdf2-sha1$i=10000,l=20$wJuJqLoUFsdXa8k3sFhRlA$XMGVWTbeKf4Xd+CGiuEZde8x7QA' }, 'Test@123'),
  // Dovecot, src/auth/test-password-scheme.c (libpassword's in 2.4).
  ...of('pbkdf2', { 'Dovecot: {PBKDF2}': '{PBKDF2}$1$bUnT4Pl7yFtYX0KU$5000$50a83cafdc517b9f46519415e53c6a858908680a' }, 'test'),
  ...of('bcrypt', { 'Dovecot: {BLF-CRYPT}': '{BLF-CRYPT}$2y$05$11ipvo5dR6CwkzwmhwM26OXgzXwhV2PyPuLV.Qi31ILcRcThQpEiW' }, 'test'),
  ...of(
    'argon2',
    {
      'Dovecot: {ARGON2I}': '{ARGON2I}$argon2i$v=19$m=32768,t=4,p=1$f2iuP4aUeNMrgu34fhOkkg$1XSZZMWlIs0zmE+snlUIcLADO3GXbA2O/hsQmmc317k',
      'Dovecot: {ARGON2ID}': '{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$vBb99oJ12p3WAdYlaMHz1A$jtFOtbo/sYV9OSlTxDo/nVNq3uArHd5GJSEx0ty85Cc',
    },
    'test',
  ),
  ...of(
    'crypt',
    {
      'Dovecot: {MD5}': '{MD5}$1$wmyrgRuV$kImF6.9MAFQNHe23kq5vI/',
      'Dovecot: {MD5-CRYPT}': '{MD5-CRYPT}$1$GgvxyNz8$OjZhLh4P.gF1lxYEbLZ3e/',
    },
    'test',
  ),
  ...of(
    'digest',
    {
      'Dovecot: {SHA1}': '{SHA1}qUqP5cyxm6YcTAhz05Hph5gvu9M=',
      'Dovecot: {SHA1}, under the name of LDAP': '{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=',
      'Dovecot: {SHA256}': '{SHA256}n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=',
      'Dovecot: {SHA512}': '{SHA512}7iaw3Ur350mqGo7jwQrpkj9hiYB3Lkc/iBml1JQODbJ6wYX4oOHV+E+IvIh/1nsUNzLDBMxfqa2Ob1f1ACio/w==',
      'Dovecot: {LDAP-MD5}': '{LDAP-MD5}CY9rzUYh03PK3k6DJie09g==',
      'Dovecot: {SMD5}': '{SMD5}JTu1KRwptKZJg/RLd+6Vn5GUd0M=',
      'Dovecot: {SSHA}': '{SSHA}H/zrDv8FXUu1JmwvVYijfrYEF34jVZcO',
      'Dovecot: {SSHA}, small letters': '{ssha}H/zrDv8FXUu1JmwvVYijfrYEF34jVZcO',
    },
    'test',
  ),
  ...of(
    'digest',
    { 'Dovecot: {SSHA256.hex}': '{SSHA256.hex}4a847fefc4f9ab450f16783c5025d64313942a1ceb2599707cdb65940ba901e513fa442f' },
    'pass',
  ),
  // RFC 1321 §A.5; FIPS 180-4's examples of one block.
  ...of(
    'digest',
    {
      'MD5 of "abc", capitals': '900150983CD24FB0D6963F7D28E17F72',
      'SHA-1 of "abc"': 'a9993e364706816aba3e25717850c26c9cd0d89d',
      'SHA-256 of "abc"': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      'SHA-512 of "abc"':
        'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
      'SHA-1 of "abc", capitals': 'A9993E364706816ABA3E25717850C26C9CD0D89D',
      '{SHA256.hex} of "abc"': '{sha256.HEX}BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD',
      '{PLAIN-MD5} of "abc"': '{PLAIN-MD5}900150983cd24fb0d6963f7d28e17f72',
    },
    'abc',
  ),
];

export const FOREIGN_HASHES: readonly ForeignHash[] = [...MADE, ...PUBLISHED, ...PUBLISHED_BY_PEERS];

/** The hash with the given name. */
export function foreignHash(name: string): ForeignHash {
  const found = FOREIGN_HASHES.find((hash) => hash.name === name);
  if (found === undefined) throw new Error(`no hash is called ${name}`);
  return found;
}

/** Hash of `FOREIGN_PASSWORD` in NFD. */
export const SHA1_OF_NFD = 'sha1$seasalt$67722954af8bcfdb7dbc3c96fd846503fba85315';

/** Hash of `FOREIGN_PASSWORD` in NFD, made by an app with the same Argon2id parameters as this server. */
export const ARGON2_OF_NFD = '$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$m76R0rmxx7+qa/FarizvBhIQHE06iKZhk9+KdcYEWjY';
