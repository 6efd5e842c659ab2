import { fileURLToPath } from 'node:url';
import { readFileSync, writeFileSync } from 'node:fs';
import { v5 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PEER_NAMES, type PeerName } from '../src/administration/transfer/peers/peers.js';
import { signIn } from './support/accounts.js';
import { CommandLine } from './support/command-line.js';
import { type TestApp, sharedApp } from './support/start-app.js';

/** The password of everybody in the exports but one, who has that of Firebase's published example. */
const PASSWORD = 'correct horse battery';
const PUBLISHED_PASSWORD = 'user1password';

/** Firebase's published parameters. Source: github.com/firebase/scrypt, README. */
const SIGNER_KEY = 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==';
const HASH_PARAMETERS = `--hash-key ${SIGNER_KEY} --salt-separator Bw== --rounds 8 --mem-cost 14`.split(' ');

const exported = (name: string): string => fileURLToPath(new URL(`exports/${name}`, import.meta.url));

/** Something that a dry run names: kind, name, number of accounts. */
type Named = [kind: string, about: string, count: number];

interface Sample {
  from: PeerName;
  file: string;
  options?: string[];
  counts: object;
  hashes: object;
  notes: Named[];
  /** Who signs in afterwards, by what, with which password. */
  signsIn: [identifier: string, password: string][];
}

const SAMPLES: Sample[] = [
  {
    from: 'firebase',
    file: 'firebase.json',
    options: HASH_PARAMETERS,
    counts: { records: 3, stored: 2, bad: 1, duplicates: 0, leftOut: 0 },
    hashes: { firebase: 1, none: 1 },
    notes: [
      ['password.none', 'Firebase has none', 1],
      ['identity.left_out', 'google.com', 1],
      ['identity.left_out', 'apple.com', 1],
      ['factor.left_out', 'text message', 1],
      ['right.left_out', 'plan', 1],
      ['right.left_out', 'admin', 1],
      ['metadata.added', 'displayName', 2],
      ['metadata.added', 'photoUrl', 1],
      ['id.made', '', 2],
      ['email.unverified', '', 1],
      ['account.disabled', '', 1],
      ['bad', 'identifier.missing', 1],
    ],
    signsIn: [
      ['ada.firebase@example.com', PUBLISHED_PASSWORD],
      ['+1 212 555 0161', PUBLISHED_PASSWORD],
    ],
  },
  {
    from: 'firebase',
    file: 'firebase.csv',
    options: [...HASH_PARAMETERS, '--keep', 'plan'],
    counts: { records: 2, stored: 2, bad: 0 },
    hashes: { firebase: 1, none: 1 },
    notes: [
      ['password.none', 'Firebase has none', 1],
      ['identity.left_out', 'google.com', 1],
      ['identity.left_out', 'apple.com', 1],
      ['metadata.added', 'displayName', 1],
      ['metadata.added', 'plan', 1],
      ['id.made', '', 2],
      ['email.unverified', '', 1],
    ],
    signsIn: [['alan.firebase@example.com', PASSWORD]],
  },
  {
    from: 'auth0',
    file: 'auth0.ndjson',
    options: ['--password-hashes', exported('auth0-password-hashes.ndjson')],
    counts: { records: 4, stored: 3, duplicates: 1, bad: 0 },
    hashes: { bcrypt: 2, none: 2 },
    notes: [
      ['password.none', 'Auth0 has none', 1],
      ['identity.left_out', 'google-oauth2', 1],
      ['factor.left_out', 'guardian', 1],
      ['right.left_out', 'role', 1],
      ['field.left_out', 'logins_count', 1],
      ['field.left_out', 'last_ip', 1],
      ['metadata.added', 'picture', 1],
      ['metadata.added', 'theme', 1],
      ['metadata.added', 'name', 1],
      ['id.made', '', 3],
      ['email.unverified', '', 1],
      ['mobile.unverified', '', 1],
      ['account.disabled', '', 1],
      ['duplicate', 'email', 1],
    ],
    signsIn: [
      ['ada.auth0@example.com', PASSWORD],
      ['ada.auth0', PASSWORD],
    ],
  },
  {
    from: 'auth0',
    file: 'auth0-password-hashes.ndjson',
    counts: { records: 2, stored: 0, duplicates: 2 },
    hashes: { bcrypt: 2 },
    notes: [
      ['duplicate', 'id', 2],
      ['duplicate', 'email', 2],
    ],
    signsIn: [],
  },
  {
    from: 'auth0',
    file: 'auth0.csv',
    counts: { records: 1, stored: 1 },
    hashes: { none: 1 },
    notes: [
      ['password.none', 'no hash in --password-hashes', 1],
      ['right.left_out', 'plan', 1],
      ['metadata.added', 'name', 1],
      ['metadata.added', 'country', 1],
      ['id.made', '', 1],
    ],
    signsIn: [],
  },
  {
    from: 'keycloak',
    file: 'keycloak-users-0.json',
    counts: { records: 5, stored: 4, leftOut: 1, bad: 0 },
    hashes: { pbkdf2: 2, argon2: 1, none: 1 },
    notes: [
      ['password.unknown', 'house-made', 1],
      ['identity.left_out', 'github', 1],
      ['factor.added', 'authenticator app', 1],
      ['right.left_out', 'department', 1],
      ['role.left_out', 'manager', 1],
      ['role.left_out', 'shop-api: orders:write', 1],
      ['role.left_out', '/staff', 1],
      ['demand.left_out', 'VERIFY_EMAIL', 1],
      ['username.address', '', 1],
      ['email.unverified', '', 1],
      ['account.not_activated', '', 1],
      ['account.disabled', '', 1],
      ['account.left_out', 'service accounts of clients', 1],
    ],
    signsIn: [
      ['grace.keycloak@example.com', PASSWORD],
      ['alan.keycloak', PASSWORD],
    ],
  },
  {
    from: 'supabase',
    file: 'supabase.csv',
    counts: { records: 4, stored: 3, leftOut: 1 },
    hashes: { bcrypt: 3 },
    notes: [
      ['identity.left_out', 'github: --identities has its ids', 1],
      ['right.left_out', 'tenant', 1],
      ['metadata.added', 'full_name', 1],
      ['email.unverified', '', 1],
      ['account.not_activated', '', 1],
      ['account.disabled', '', 1],
      ['account.left_out', 'anonymous users', 1],
    ],
    signsIn: [['ada.supabase@example.com', PASSWORD]],
  },
  {
    from: 'supabase',
    file: 'supabase.ndjson',
    counts: { records: 1, stored: 1 },
    hashes: { bcrypt: 1 },
    notes: [['metadata.added', 'city', 1]],
    signsIn: [['alan.supabase@example.com', PASSWORD]],
  },
  {
    from: 'cognito',
    file: 'cognito.json',
    counts: { records: 3, stored: 3, bad: 0 },
    hashes: { none: 3 },
    notes: [
      ['password.none', 'Cognito gives none out', 3],
      ['identity.left_out', 'Google', 1],
      ['factor.left_out', 'text message', 1],
      ['right.left_out', 'custom:tenant', 1],
      ['demand.left_out', 'a new password instead of a temporary one', 1],
      ['id.made', '', 1],
      ['email.unverified', '', 1],
      ['account.disabled', '', 1],
    ],
    signsIn: [],
  },
  {
    from: 'cognito',
    file: 'cognito.csv',
    counts: { records: 1, stored: 1 },
    hashes: { none: 1 },
    notes: [
      ['password.none', 'Cognito gives none out', 1],
      ['right.left_out', 'custom:joinedOn', 1],
      ['metadata.added', 'name', 1],
      ['metadata.added', 'birthdate', 1],
      ['metadata.added', 'zoneinfo', 1],
      ['id.made', '', 1],
    ],
    signsIn: [],
  },
  {
    from: 'django',
    file: 'django.json',
    counts: { records: 4, stored: 3, leftOut: 1, bad: 0 },
    hashes: { pbkdf2: 1, none: 2 },
    notes: [
      ['password.none', 'unusable in Django', 1],
      ['password.unknown', 'unknown notation', 1],
      ['role.left_out', 'superuser', 1],
      ['role.left_out', 'staff', 1],
      ['role.left_out', 'group 1', 1],
      ['field.invalid', 'username: username.invalid', 1],
      ['email.unverified', '', 2],
      ['account.disabled', '', 1],
      ['account.left_out', 'records of the model auth.group', 1],
    ],
    signsIn: [
      ['ada.django', PASSWORD],
      ['ada.django@example.com', PASSWORD],
    ],
  },
  {
    from: 'django',
    file: 'django.csv',
    counts: { records: 1, stored: 1 },
    hashes: { pbkdf2: 1 },
    notes: [['email.unverified', '', 1]],
    signsIn: [['edsger.django@example.com', PASSWORD]],
  },
  {
    from: 'wordpress',
    file: 'wordpress.csv',
    counts: { records: 2, stored: 2 },
    hashes: { phpass: 1, bcrypt: 1 },
    notes: [
      ['role.left_out', 'administrator', 1],
      ['field.invalid', 'username: username.invalid', 1],
      ['metadata.added', 'displayName', 1],
      ['email.unverified', '', 2],
    ],
    signsIn: [
      ['ada.wordpress', PASSWORD],
      ['grace.wordpress@example.com', PASSWORD],
    ],
  },
  {
    from: 'wordpress',
    file: 'wordpress.json',
    counts: { records: 1, stored: 1 },
    hashes: { bcrypt: 1 },
    notes: [
      ['role.left_out', 'editor', 1],
      ['metadata.added', 'displayName', 1],
      ['username.address', '', 1],
      ['email.unverified', '', 1],
    ],
    signsIn: [['alan.wordpress@example.com', PASSWORD]],
  },
  {
    from: 'better-auth',
    file: 'better-auth-user.ndjson',
    options: ['--accounts', exported('better-auth-account.ndjson')],
    counts: { records: 2, stored: 2 },
    hashes: { scrypt: 1, none: 1 },
    notes: [
      ['password.none', 'no credential in --accounts', 1],
      ['identity.left_out', 'github', 1],
      ['factor.left_out', 'one-time code of an app', 1],
      ['role.left_out', 'admin', 1],
      ['metadata.added', 'name', 2],
      ['metadata.added', 'image', 1],
      ['id.made', '', 2],
      ['email.unverified', '', 1],
      ['account.disabled', '', 1],
    ],
    signsIn: [
      ['ada.better@example.com', PASSWORD],
      ['Ada.Better', PASSWORD],
    ],
  },
];

describe('latchkey users import --from', () => {
  let app: TestApp;
  let cli: CommandLine;
  beforeAll(async () => {
    app = await sharedApp();
    cli = new CommandLine(String(app.settings.DATABASE_URL));
  });
  afterAll(async () => {
    await app.stop();
    cli.clear();
  });

  it.each(SAMPLES)('$from: $file comes as its dry run says, and its people sign in', async (sample) => {
    const { from, file, options = [], counts, hashes, notes, signsIn } = sample;
    const run = (...flags: string[]) => cli.run('users', 'import', '--from', from, exported(file), ...options, '--json', ...flags);
    const before = await app.rows('SELECT count(*) FROM users');
    const dry = await run('--dry-run');
    expect(await app.rows('SELECT count(*) FROM users')).toEqual(before);
    const named = (json: { notes: { kind: string; about: string; count: number }[] }): Named[] =>
      json.notes.map(({ kind, about, count }) => [kind, about, count]);
    expect(
      named(dry.json)
        .map((note) => note.join(' '))
        .toSorted(),
    ).toEqual(notes.map((note) => note.join(' ')).toSorted());
    expect(dry.json).toMatchObject({ ...counts, hashes });
    const real = await run();
    expect(real.json).toMatchObject({ ...counts, hashes });
    expect(named(real.json)).toEqual(named(dry.json));
    for (const [identifier, password] of signsIn) await signIn(app, identifier, password);
  });

  it('has an export of every peer', () => {
    expect([...new Set(SAMPLES.map(({ from }) => from))]).toEqual([...PEER_NAMES]);
    for (const { file } of SAMPLES) expect(readFileSync(exported(file)).length).toBeGreaterThan(0);
  });

  it('keeps ids, numbers, times, verified states and names as the peer wrote them', async () => {
    const rows = await app.rows<{ username: string | null; email: string }>(
      `SELECT id, number, username, email, email_verified_at, mobile, mobile_verified_at, first_name, last_name, gender, locale, metadata,
         roles, activated_at, disabled_at IS NOT NULL AS disabled, disabled_reason, created_at, last_sign_in_at
       FROM users LEFT JOIN user_activity ON user_id = id WHERE email_key = ANY($1) ORDER BY email_key`,
      [
        [
          'ada.supabase@example.com',
          'ada.django@example.com',
          'ada.keycloak@example.com',
          'edsger.cognito@example.com',
          'ada.cognito@example.com',
        ],
      ],
    );
    expect(rows).toMatchObject([
      {
        id: '1942606d-69a2-4a82-b010-99e54e124f41',
        username: null,
        locale: 'en-GB',
        created_at: new Date('2023-05-31T10:00:00.123Z'),
        metadata: {},
      },
      {
        number: 4101,
        username: 'ada.django',
        email_verified_at: null,
        roles: ['user'],
        activated_at: new Date('2020-07-20T10:53:29.001Z'),
      },
      { id: '826731b2-bf17-4bd9-b45c-6a26c76ddaae', first_name: 'Ada', last_name: 'Example', locale: 'de', metadata: {} },
      {
        id: '9ac4f123-ed05-4274-8f9c-431cf93d35a3',
        email_verified_at: new Date('2023-05-31T12:00:00.123Z'),
        created_at: new Date('2023-05-31T11:58:00.654Z'),
        metadata: { full_name: 'Ada Example' },
      },
      { username: 'edsger.cognito', gender: 'male', locale: 'nl', metadata: { birthdate: '1930-05-11' } },
    ]);
  });

  it('computes the same id from the same old id, so that apps can do so, too', async () => {
    const [row] = await app.rows<{ id: string }>(`SELECT id FROM users WHERE email_key = 'ada.firebase@example.com'`);
    const page = readFileSync(fileURLToPath(new URL('../docs/moving-over/peers.md', import.meta.url)), 'utf8');
    const namespace = /[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/.exec(page)?.[0];
    expect(row?.id).toBe(v5('firebase:8tVnD0ZqkzX5yqH3wPl2aRb7cFj1', String(namespace)));
  });

  it('says in words what it leaves out, with lines, and keeps the details in the report', async () => {
    const report = cli.path('peers.report');
    const file = exported('keycloak-users-0.json');
    const { code, out } = await cli.run('users', 'import', '--from', 'keycloak', file, '--dry-run', '--report', report);
    expect(code).toBe(3);
    const text = out.join('\n');
    expect(text).toMatch(/1 {2}are left out \(service accounts of clients\) {3}\(record 5\)/);
    const reported = readFileSync(report, 'utf8').trim().split('\n');
    expect(reported.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ kind: 'left out', rule: 'account.left_out' }),
    );
  });

  it('names every option that is missing, wrong, or for another peer', async () => {
    const file = exported('firebase.json');
    const missing = await cli.run('users', 'import', '--from', 'firebase', file, '--rounds', '99');
    expect(missing.code).toBe(2);
    for (const option of ['--hash-key', '--salt-separator', '--rounds', '--mem-cost']) expect(missing.err.join('\n')).toContain(option);
    for (const args of [
      ['--from', 'django', file, '--hash-key', 'Bw=='],
      [file, '--keep', 'plan', '--format', 'ndjson'],
      ['--from', 'firebase', file, ...HASH_PARAMETERS, '--format', 'ndjson'],
      ['--from', 'okta', file],
    ]) {
      expect((await cli.run('users', 'import', ...args)).code).toBe(2);
    }
    expect((await cli.run('users', 'export', '--from', 'django', cli.path('out.csv'))).code).toBe(2);
  });

  it('refuses a file that is compressed, empty, UTF-16, cut off, or of several realms, before it stores anything of it', async () => {
    const files: [string, string, RegExp][] = [
      ['zipped.json', '\u001F\u008B\b', /gunzip/],
      ['empty.json', ' \n', /empty/],
      ['wide.json', '\u00FF\u00FE{\u0000', /UTF-16/],
      ['cut.json', '{"realm":"a",\n"users":[{"username":"cut-off"},\n{"user', /Line 3/],
      ['realms.json', '[{"users":[{"username":"realm-1"}]},\n{"users":[{"username":"realm-2"}]}]', /several realms/],
    ];
    for (const [name, content, message] of files) {
      writeFileSync(cli.path(name), content, 'latin1');
      const { code, err } = await cli.run('users', 'import', '--from', 'keycloak', cli.path(name));
      expect([code, err.join('\n')]).toEqual([1, expect.stringMatching(message)]);
    }
    expect(await app.rows(`SELECT FROM users WHERE username_key IN ('cut-off', 'realm-1')`)).toEqual([]);
  });

  it('stores nothing of a JSON document that is broken far behind', async () => {
    const users = Array.from({ length: 1_001 }, (_, index) => `{"username":"far-${index}"}`);
    writeFileSync(cli.path('far.json'), `[${users.join(',\n')},\n{"username":`);
    const { code, err } = await cli.run('users', 'import', '--from', 'keycloak', cli.path('far.json'));
    expect([code, err.join('\n')]).toEqual([1, expect.stringMatching(/Line 1002 .*ends in the middle/)]);
    expect(await app.rows(`SELECT FROM users WHERE username_key LIKE 'far-%'`)).toEqual([]);
  });

  it('goes on behind a broken first line, as behind any other', async () => {
    const file = cli.write('broken-first.ndjson', [
      '{"user_id":"auth0|b1","email":"b1@example.com"',
      '{"user_id":"auth0|b2","email":"b2@example.com"}',
    ]);
    const { json, code } = await cli.run('users', 'import', '--from', 'auth0', file, '--json');
    expect([code, json]).toEqual([3, expect.objectContaining({ records: 2, stored: 1, bad: 1, unit: 'line' })]);
    expect(json.notes).toContainEqual(expect.objectContaining({ kind: 'bad', about: 'line.unreadable', count: 1, lines: [1] }));
  });

  it('names fields whose names PostgreSQL cannot store, or that are cut in the middle of a letter', async () => {
    const long = `${'n'.repeat(79)}😀`;
    const file = cli.write('odd-names.ndjson', [
      { user_id: 'auth0|odd', email: 'odd@example.com', user_metadata: { 'a\0b': 1 }, [long]: 1, '\uD800': 1 },
      { user_id: 'auth0|odd-2', email: 'odd-2@example.com' },
    ]);
    for (const flags of [['--dry-run'], []]) {
      const { json } = await cli.run('users', 'import', '--from', 'auth0', file, '--json', ...flags);
      expect(json).toMatchObject({ finished: true, stored: 2 });
      const named = (json.notes as { kind: string; about: string }[]).map(({ kind, about }) => `${kind} ${about}`);
      expect(named).toEqual(
        expect.arrayContaining([`field.left_out ${'n'.repeat(79)}\uFFFD`, 'field.left_out \uFFFD', 'metadata.added a\uFFFDb']),
      );
    }
  });

  it('gives a new number to an account whose number is taken, and leaves nobody out for it', async () => {
    await cli.run('users', 'import', cli.write('numbered.ndjson', [{ number: 80_001, username: 'first-number' }]));
    const fields = { password: '', username: 'django-80001', is_active: true };
    const file = cli.write('numbers.jsonl', [
      { model: 'auth.user', pk: 80_001, fields },
      { model: 'auth.user', pk: 80_002, fields: { ...fields, username: 'django-80002' } },
    ]);
    for (const flags of [['--dry-run'], []]) {
      const { json, code } = await cli.run('users', 'import', '--from', 'django', file, '--json', '--on-duplicate', 'fail', ...flags);
      expect(json).toMatchObject({ finished: true, stored: 2, duplicates: 0 });
      expect(json.notes).toContainEqual(expect.objectContaining({ kind: 'number.taken', count: 1, lines: [1] }));
      expect(code).toBe(0);
    }
    const rows = await app.rows(`SELECT number FROM users WHERE username_key LIKE 'django-8000%' ORDER BY username_key`);
    expect(rows).toEqual([{ number: expect.any(Number) }, { number: 80_002 }]);
    const again = await cli.run('users', 'import', '--from', 'django', file, '--json');
    expect(again.json).toMatchObject({ stored: 0, duplicates: 2 });
  });

  it('goes on where it was interrupted, with the notes that it has counted', async () => {
    const users = Array.from({ length: 1_500 }, (_, index) => ({ ID: 70_000 + index, user_login: `long-${index}`, roles: 'editor' }));
    const file = cli.write('long.json', [JSON.stringify(users)]);
    await cli.run('users', 'import', cli.write('in-the-way.ndjson', [{ username: 'long-1200' }]));
    const stopped = await cli.run('users', 'import', '--from', 'wordpress', file, '--json', '--on-duplicate', 'fail');
    expect(stopped.json).toMatchObject({ finished: false, records: 1_000 });
    const rest = await cli.run('users', 'import', '--from', 'wordpress', file, '--json');
    expect(rest.json).toMatchObject({ resumedAfter: 1_000, records: 1_500, stored: 1_499, duplicates: 1 });
    expect(rest.json.notes).toContainEqual(
      expect.objectContaining({ kind: 'role.left_out', about: 'editor', count: 1_499, lines: [1, 2, 3, 4, 5] }),
    );
  });
});
