import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPECTED_INDEXES } from '../src/database/expected-indexes.js';
import { signIn } from './support/accounts.js';
import { CommandLine } from './support/command-line.js';
import { type TestApp, startApp } from './support/start-app.js';

describe('latchkey on an installation', () => {
  let app: TestApp;
  let cli: CommandLine;
  beforeAll(async () => {
    app = await startApp();
    cli = new CommandLine(String(app.settings.DATABASE_URL));
  });
  afterAll(async () => {
    await app.stop();
    cli.clear();
  });

  it('makes an administrator who can sign in at once, with a password shown once', async () => {
    const { code, json } = await cli.run('admin', 'create', '--username', 'root', '--email', 'Ops@example.com', '--json');
    expect([code, json.username, json.email]).toEqual([0, 'root', 'Ops@example.com']);
    const { accessToken } = await signIn(app, 'ops@example.com', json.password);
    expect((await app.get('/v1/users', { token: accessToken })).status).toBe(200);
    expect((await app.get('/v1/users/me', { token: accessToken })).body.emailVerifiedAt).not.toBeNull();
    expect(app.mailbox.count('Ops@example.com')).toBe(0);
  });

  it('takes the password of an administrator from a file, by the rules for passwords, and no name twice', async () => {
    const file = cli.write('password', ['nine tall towers lean']);
    expect((await cli.run('admin', 'create', '--username', 'second', '--password-file', file)).out.join()).not.toContain('towers');
    await signIn(app, 'second', 'nine tall towers lean');
    const again = await cli.run('admin', 'create', '--username', 'SECOND', '--json');
    expect([again.code, again.json.code]).toEqual([1, 'user.username_taken']);
    const weak = await cli.run('admin', 'create', '--username', 'third', '--password-file', cli.write('weak', ['short']), '--json');
    expect([weak.code, weak.json.code]).toEqual([1, 'request.invalid']);
  });

  it('seeds accounts that can sign in, and that no message can reach', async () => {
    const { code, json } = await cli.run('seed', '450', '--json');
    expect([code, json.accounts]).toEqual([0, 450]);
    const people = await app.rows<{ email: string; mobile_key: string | null }>(
      `SELECT email, mobile_key FROM users WHERE email LIKE '%@example.com' AND last_name IS NOT NULL AND disabled_at IS NULL`,
    );
    expect(people.length).toBeGreaterThan(400);
    expect(people.some(({ mobile_key: key }) => key?.startsWith('+'))).toBe(false);
    await signIn(app, String(people[0]?.email), json.password);
    expect(
      (
        await new CommandLine('postgres://x/y', {
          NODE_ENV: 'production',
          SMTP_URL: 'smtp://x',
          APP_SECRET: 'k2j4h5g6f7d8s9a0q1w2e3r4t5y6u7i8o9',
        }).run('seed', '1')
      ).code,
    ).toBe(2);
  });

  it('finds an installation in good health', async () => {
    const { code, json } = await cli.run('doctor', '--json');
    expect(json.checks.filter(({ state }: { state: string }) => state === 'fail')).toEqual([]);
    expect(code).toBe(0);
    expect(json.checks.map(({ name }: { name: string }) => name)).toEqual([
      'settings',
      'node',
      'database',
      'clock',
      'migrations',
      'indexes',
      'addresses',
      'keys',
      'mail',
      'dkim',
      'proxies',
      'hashes',
    ]);
  });

  it('says what is wrong and what to do: a dropped index, another secret, no SMTP server, too wide a trust', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as { port: number };
    closed.close();
    await app.rows('DROP INDEX ix_users_name');
    const sick = new CommandLine(String(app.settings.DATABASE_URL), {
      APP_SECRET: 'another-secret-0123456789abcdefghijklmnopqrstuvwxyz',
      SMTP_URL: `smtp://somebody:very-hidden@127.0.0.1:${port}`,
      TRUSTED_PROXIES: '0.0.0.0/1',
    });
    const { code, json } = await sick.run('doctor', '--json');
    expect(code).toBe(1);
    const states = Object.fromEntries(json.checks.map(({ name, state }: { name: string; state: string }) => [name, state]));
    expect(states).toMatchObject({ database: 'ok', indexes: 'fail', keys: 'fail', mail: 'fail', proxies: 'warn' });
    expect(json.checks.every(({ state, advice }: { state: string; advice?: string }) => state === 'ok' || advice)).toBe(true);
    expect(JSON.stringify(json)).toContain('ix_users_name');
    expect(JSON.stringify(json)).not.toContain('hidden');
    await app.rows('CREATE INDEX ix_users_name ON users (name_key, id)');
  });

  it('names accounts whose address would be kept under another key today, and those that no mail reaches', async () => {
    const addresses = async (): Promise<{ state: string; finding: string }> =>
      (await cli.run('doctor', '--json')).json.checks.find(({ name }: { name: string }) => name === 'addresses');
    const insert = async (email: string, key: string): Promise<number> => {
      const [row] = await app.rows<{ number: number }>(
        `INSERT INTO users (id, email, email_key) VALUES (gen_random_uuid(), $1, $2) RETURNING number`,
        [email, key],
      );
      return Number(row?.number);
    };
    const dead = await insert('ada@xn--a.example', 'ada@xn--a.example');
    await insert('ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example');
    expect(await addresses()).toMatchObject({ state: 'warn', finding: expect.stringContaining(`account ${dead} (ada@xn--a.example)`) });
    const free = await insert('eve@bücher.example', 'eve@bücher.example');
    const taken = await insert('ada@bücher.example', 'ada@bücher.example');
    const { state, finding } = await addresses();
    expect(state).toBe('fail');
    expect(finding).toContain(`account ${free} (eve@xn--bcher-kva.example)`);
    expect(finding).toContain(`account ${taken} (ada@xn--bcher-kva.example, which another account has)`);
    await app.rows(`DELETE FROM users WHERE email LIKE '%cher%' OR email LIKE '%xn--a.example'`);
  });

  it('says so when the database does not answer, or is not migrated', async () => {
    const away = await new CommandLine('postgres://nobody:hidden@127.0.0.1:1/nothing').run('doctor');
    expect(away.code).toBe(1);
    expect(away.out.join('\n')).toMatch(/^fail +database +does not answer/m);
    expect(away.out.join('\n')).not.toContain('hidden');
    const [applied] = await app.rows<{ name: string }>('SELECT name FROM migrations ORDER BY id DESC LIMIT 1');
    await app.rows(`UPDATE migrations SET name = 'OfANewerVersion' WHERE name = $1`, [applied?.name]);
    expect((await cli.run('doctor')).out.join('\n')).toMatch(/^fail +migrations .*\n +→ latchkey migrate$/m);
    await app.rows(`UPDATE migrations SET name = $1 WHERE name = 'OfANewerVersion'`, [applied?.name]);
  });

  it('knows every index that the migrations make: a new one belongs into src/database/expected-indexes.ts', async () => {
    const made = await app.rows<{ name: string }>(
      `SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public' AND indexname ~ '^(ix|uq)_'
         AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname) ORDER BY indexname COLLATE "C"`,
    );
    expect(made.map(({ name }) => name)).toEqual([...EXPECTED_INDEXES]);
  });
});
