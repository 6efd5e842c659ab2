import { readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { register, signIn } from './support/accounts.js';
import { CommandLine } from './support/command-line.js';
import { createDatabase } from './support/databases.js';
import { type TestApp, sharedApp } from './support/start-app.js';

/** `secret` under bcrypt, of cost 4. */
const BCRYPT = '$2y$04$sFWP5DL84W2IBaYdytjYe.fglVXuHq63O6NGqAv5KQEQS9P3pVeSe';

describe('latchkey users', () => {
  let app: TestApp;
  let cli: CommandLine;
  let second: CommandLine;
  let secondDb: Client;

  beforeAll(async () => {
    app = await sharedApp();
    cli = new CommandLine(String(app.settings.DATABASE_URL));
    const url = await createDatabase();
    second = new CommandLine(url);
    secondDb = new Client({ connectionString: url });
    await secondDb.connect();
  });
  afterAll(async () => {
    await secondDb.end();
    await app.stop();
    cli.clear();
    second.clear();
  });

  it('gives back in another database, as NDJSON and as CSV, exactly what was taken from the first', async () => {
    const full = {
      id: '3f1c2a52-6b0e-4c1d-8f5e-1b2a3c4d5e6f',
      number: 4711,
      username: 'Full.Account',
      email: 'Full.Account@example.com',
      emailVerifiedAt: '2021-02-03T04:05:06.123456Z',
      recoveryEmail: 'former@example.com',
      mobile: '+1 (212) 555-0123',
      mobileVerifiedAt: '2021-02-03T04:05:07.000001Z',
      recoveryMobile: '+12125550199',
      firstName: 'Zoé, "Zo"',
      lastName: "O'Neil",
      gender: 'other',
      locale: 'de-CH',
      metadata: { theme: 'dark', 'a,b': ['"', 'line\nbreak', 'sep\u2028arator'], deep: { n: 1.5, none: null } },
      publicMetadata: { plan: 'pro' },
      avatar: '0123456789abcdef0123456789abcdef',
      roles: ['admin', 'user'],
      passwordHash: BCRYPT,
      passwordLockedAt: '2022-01-01T00:00:00.000000Z',
      passwordWornAt: '2022-01-01T00:00:00.000000Z',
      mfaRequiredAt: '2021-02-03T04:05:09.000000Z',
      activatedAt: '2021-02-03T04:05:08.000000Z',
      disabledAt: '2023-01-01T00:00:00.000000Z',
      disabledReason: 'asked for it, "twice"',
      createdAt: '2020-08-21T12:30:06.654321Z',
      updatedAt: '2023-01-01T00:00:00.000000Z',
      version: 17,
      lastSignInAt: '2022-12-31T23:59:59.999999Z',
    };
    expect((await cli.run('users', 'import', cli.write('full.ndjson', [full]))).code).toBe(0);
    await register(app, { username: 'plainest' });
    const files: string[] = [];
    for (const format of ['ndjson', 'csv']) {
      const file = cli.path(`all.${format}`);
      const answer = await cli.run('users', 'export', file, '--json');
      expect(answer.json).toMatchObject({ format, accounts: 2 });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      await secondDb.query('TRUNCATE users CASCADE');
      expect((await second.run('users', 'import', file)).code).toBe(0);
      await second.run('users', 'export', second.path(`again.${format}`));
      files.push(readFileSync(file, 'utf8'));
      expect(readFileSync(second.path(`again.${format}`), 'utf8')).toBe(files.at(-1));
    }
    expect(JSON.parse(String(files[0]?.split('\n').find((line) => line.includes('4711'))))).toEqual(full);
  });

  it('writes CSV that is safe to open in a spreadsheet, and exact values with --raw', async () => {
    const cmd = "=cmd|' /C calc'!A0";
    const people = [
      { username: 'formula-1', firstName: cmd, lastName: '@SUM(1+1)', mobile: '+12125550177', disabledReason: '-2+3' },
      { username: 'formula-2', firstName: "'=1", lastName: "''+1" },
    ];
    expect((await cli.run('users', 'import', cli.write('formulas.ndjson', people))).code).toBe(0);
    const [safe, raw] = [cli.path('safe.csv'), cli.path('raw.csv')];
    await cli.run('users', 'export', safe);
    await cli.run('users', 'export', raw, '--raw');
    const cells = readFileSync(safe, 'utf8')
      .split('\n')
      .flatMap((line) => line.split(','));
    expect(cells.filter((cell) => /^"?[=+\-@\t\r]/.test(cell))).toEqual([]);
    for (const cell of [`'${cmd}`, "'@SUM(1+1)", "'+12125550177", "''=1", "'''+1"]) expect(cells).toContain(cell);
    for (const cell of [cmd, '@SUM(1+1)', '+12125550177', "'=1", "''+1"]) expect(readFileSync(raw, 'utf8')).toContain(cell);

    const names = () =>
      secondDb.query(`SELECT username, first_name, last_name, mobile FROM users WHERE username LIKE 'formula-%' ORDER BY 1`);
    for (const [file, ...options] of [[safe], [raw, '--raw']] as const) {
      await secondDb.query('TRUNCATE users CASCADE');
      await second.run('users', 'import', file, ...options);
      expect((await names()).rows).toEqual([
        { username: 'formula-1', first_name: cmd, last_name: '@SUM(1+1)', mobile: '+12125550177' },
        { username: 'formula-2', first_name: "'=1", last_name: "''+1", mobile: null },
      ]);
    }
    expect((await cli.run('users', 'export', cli.path('x.ndjson'), '--raw')).code).toBe(2);
  });

  it('lets no field name and no value control the terminal', async () => {
    const [clear, csi] = ['\u001B[2J\u001B]0;owned\u0007', '\u009B31m'];
    const file = cli.write('hostile.ndjson', [
      { username: 'hostile-1', [`${clear}${csi}\nline 9: fine\r`]: 1 },
      { username: `${clear}${csi}`, email: `${csi}@example.com` },
    ]);
    for (const options of [[], ['--json']]) {
      const { out, err } = await cli.run('users', 'import', file, '--dry-run', '--report', cli.path('hostile.report'), ...options);
      for (const line of [...out, ...err]) expect(line).not.toMatch(/[^\P{Cc}\n]|\nline 9/u);
    }
    expect(readFileSync(cli.path('hostile.report'), 'utf8')).not.toMatch(/[^\P{Cc}\n]/u);
    const head = cli.write('hostile.csv', [`id,${clear}${csi}`, 'a,b']);
    const { err } = await cli.run('users', 'import', head);
    expect(err.join('')).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('keeps integer ids, and gives whoever registers next a number behind them', async () => {
    await cli.run(
      'users',
      'import',
      cli.write('numbers.ndjson', [
        { number: 90_000, username: 'far-away' },
        { number: 5_003, username: 'nearby' },
      ]),
    );
    const { id } = await register(app, {});
    expect(await app.rows('SELECT number FROM users WHERE id = $1', [id])).toEqual([{ number: 90_001 }]);
    await cli.run('users', 'import', cli.write('next.ndjson', [{ number: 90_005, username: 'a-bit-further' }, { username: 'no-number' }]));
    expect(await app.rows(`SELECT number FROM users WHERE username = 'no-number'`)).toEqual([{ number: 90_006 }]);
  });

  it('lets people sign in with the password of the other system, and sends no mail', async () => {
    const file = cli.write('people.ndjson', [{ email: 'Moved@Example.com', emailVerifiedAt: true, passwordHash: BCRYPT }]);
    const { json } = await cli.run('users', 'import', file, '--json');
    expect(json).toMatchObject({ finished: true, stored: 1, hashes: { bcrypt: 1 }, problems: [] });
    await signIn(app, 'moved@example.com', 'secret');
    expect(app.mailbox.count('moved@example.com')).toBe(0);
    expect(await app.rows(`SELECT FROM mails WHERE recipient ILIKE 'moved@%'`)).toEqual([]);
  });

  it('says of every record that it leaves out on which line it is and why, in a dry run just as in earnest', async () => {
    const taken = {
      username: 'taken-before',
      email: 'taken@example.com',
      mobile: '+12125550188',
      number: 777,
      id: '3f1c2a52-6b0e-4c1d-8f5e-1b2a3c4d5e70',
    };
    await cli.run('users', 'import', cli.write('before.ndjson', [taken]));
    const file = cli.write('mixed.ndjson', [
      { username: 'good-one', passwordHash: BCRYPT },
      '{"username":"half',
      '',
      { username: 'x', email: 'nobody', gender: 'none', roles: ['root'], createdAt: '2024-02-30T00:00:00Z' },
      { firstName: 'Nameless' },
      { username: 'bad-hash', passwordHash: 'plain text' },
      { username: 'bad-field', emailVerfied: true },
      { username: 'TAKEN-before' },
      { email: 'Taken@example.com' },
      { username: 'other-1', mobile: '(212) 555-0188' },
      { username: 'other-2', number: 777 },
      { username: 'other-3', id: taken.id.toUpperCase() },
      { username: 'Good-One' },
      { username: 'nul', firstName: 'a\u0000b', metadata: { a: '\uD800' } },
      { email: 'unproven@example.com', mobileVerifiedAt: true },
      '[]',
      { username: 'no-password', passwordHash: '!kQ1dP7vWz0yN2mB5xC8sT4rE6uI9oA3jL0hG' },
    ]);
    const problems = [
      [2, 'bad', '', 'line.unreadable'],
      [4, 'bad', 'username', 'username.invalid'],
      [4, 'bad', 'email', 'email.invalid'],
      [4, 'bad', 'createdAt', 'isTime'],
      [4, 'bad', 'gender', 'isIn'],
      [4, 'bad', 'roles', 'roles.invalid'],
      [5, 'bad', '', 'identifier.missing'],
      [6, 'changed', '', 'password.unknown'],
      [7, 'bad', 'emailVerfied', 'field.unknown'],
      [8, 'duplicate', 'username', 'taken'],
      [9, 'duplicate', 'email', 'taken'],
      [10, 'duplicate', 'mobile', 'taken'],
      [11, 'duplicate', 'number', 'taken'],
      [12, 'duplicate', 'id', 'taken'],
      [13, 'duplicate', 'username', 'taken'],
      [14, 'bad', 'firstName', 'isText'],
      [14, 'bad', 'metadata', 'isText'],
      [15, 'bad', 'mobileVerifiedAt', 'mobile.missing'],
      [16, 'bad', '', 'record.invalid'],
      [17, 'changed', '', 'password.none'],
    ];
    const before = await app.rows('SELECT count(*) FROM users');
    for (const flags of [['--dry-run'], []]) {
      expect(await app.rows('SELECT count(*) FROM users')).toEqual(before);
      const report = cli.path(`report-${flags.length}.ndjson`);
      const { code, json } = await cli.run('users', 'import', file, '--json', '--report', report, ...flags);
      expect(code).toBe(3);
      expect(json).toMatchObject({ records: 16, stored: 3, bad: 7, duplicates: 6, hashes: { bcrypt: 1 } });
      const reported = readFileSync(report, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(reported.map(({ line, kind, field, rule }) => [line, kind, field, rule])).toEqual(problems);
      expect(statSync(report).mode & 0o777).toBe(0o600);
    }
    expect(await app.rows(`SELECT username FROM users WHERE username_key IN ('good-one', 'other-1', 'nul')`)).toEqual([
      { username: 'good-one' },
    ]);
  });

  it('finds duplicates that are far apart in the file in a dry run, too', async () => {
    const file = cli.write(
      'far.ndjson',
      Array.from({ length: 1_200 }, (_, index) => ({ email: `far.${index % 1_150}@example.com` })),
    );
    for (const flags of [['--dry-run'], []]) {
      const { json } = await cli.run('users', 'import', file, '--json', ...flags);
      expect(json).toMatchObject({ records: 1_200, stored: 1_150, duplicates: 50, moreProblems: 30 });
    }
  });

  it('stops at a duplicate if it is told to, undoes that batch alone, and goes on from there', async () => {
    await cli.run('users', 'import', cli.write('first.ndjson', [{ username: 'in-the-way' }]));
    const names = Array.from({ length: 1_500 }, (_, index) => ({ username: index === 1_300 ? 'in-the-way' : `stop-${index}` }));
    const file = cli.write('stop.ndjson', names);
    const stopped = await cli.run('users', 'import', file, '--json', '--on-duplicate', 'fail');
    expect([stopped.code, stopped.json.finished, stopped.json.records]).toEqual([1, false, 1_000]);
    expect(stopped.json.problems).toMatchObject([{ line: 1_301, field: 'username' }]);
    const rest = await cli.run('users', 'import', file, '--json');
    expect(rest.json).toMatchObject({ finished: true, resumedAfter: 1_000, records: 1_500, stored: 1_499, duplicates: 1 });
    expect(await app.rows(`SELECT count(*)::int AS stored FROM users WHERE username LIKE 'stop-%'`)).toEqual([{ stored: 1_499 }]);
  });

  it('puts every account that it makes on record once', async () => {
    await cli.run('users', 'import', cli.write('recorded.ndjson', [{ username: 'recorded-one' }, { username: 'recorded-two' }]));
    await cli.run('seed', '3');
    await cli.run('admin', 'create', '--username', 'recorded-admin');
    await register(app);
    const origins = await app.rows<{ origins: string; count: number }>(
      `SELECT origins, count(*)::int FROM (
         SELECT string_agg(e.action || ' ' || e.outcome, ', ') AS origins FROM users u LEFT JOIN audit_events e ON e.subject_id = u.id
           AND e.action IN ('account.registered', 'account.created', 'account.imported') GROUP BY u.id) AS made
       GROUP BY origins ORDER BY origins`,
    );
    expect(origins.map(({ origins: each }) => each)).toEqual([
      'account.created success',
      'account.imported success',
      'account.registered success',
    ]);
    const [event] = await app.rows(
      `SELECT e.actor_id, e.details FROM audit_events e JOIN users u ON u.id = e.subject_id WHERE username = 'recorded-two'`,
    );
    expect(event).toEqual({ actor_id: null, details: { file: expect.stringMatching(/^[\da-f]{64}$/) } });
  });

  it('puts every import and export on record once, and not who is in the file', async () => {
    const file = cli.write('audited.ndjson', [{ username: 'audited-one' }, { username: 'audited-one' }]);
    await cli.run('users', 'import', file);
    await cli.run('users', 'export', cli.path('audited.csv'));
    const events = await app.rows<{ action: string; details: object }>(
      `SELECT action, outcome, details FROM audit_events WHERE action LIKE 'accounts.%' ORDER BY id DESC LIMIT 2`,
    );
    expect(events).toMatchObject([
      { action: 'accounts.exported', outcome: 'success', details: { format: 'csv' } },
      { action: 'accounts.imported', outcome: 'success', details: { stored: 1, duplicates: 1, bad: 0, records: 2 } },
    ]);
    expect(JSON.stringify(events)).not.toContain('audited-one');
  });

  it('refuses files that are none, and never writes over one', async () => {
    expect((await cli.run('users', 'import', cli.path('nothing.ndjson'))).code).toBe(1);
    const csv = cli.write('wrong.csv', ['id,e-mail', 'a,b']);
    const { code, err } = await cli.run('users', 'import', csv);
    expect([code, err[0]]).toEqual([1, expect.stringContaining('"e-mail"')]);
    expect((await cli.run('users', 'export', csv)).code).toBe(1);
    expect(readFileSync(csv, 'utf8')).toBe('id,e-mail\na,b\n');
    expect((await cli.run('users', 'import', cli.path('users.txt'))).code).toBe(2);
    expect((await cli.run('users', 'import', csv, '--on-duplicate', 'update')).code).toBe(2);
  });
});
