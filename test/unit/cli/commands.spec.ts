import { SETTINGS } from '../../../src/capabilities.js';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../../src/cli/commands.js';

describe('latchkey on the command line', () => {
  let said: string[];
  let complained: string[];
  beforeEach(() => {
    said = [];
    complained = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    vi.spyOn(console, 'error').mockImplementation((line: string) => void complained.push(line));
  });
  afterEach(() => vi.restoreAllMocks());

  it.each([[[]], [['--help']], [['-h']], [['help']]])('lists its commands when called with %j', async (args) => {
    expect(await runCommand(args, {})).toBe(0);
    expect(said.join()).toMatch(/^Usage: latchkey COMMAND[^]*migrate[^]*keys VERB[^]*secret FILE[^]*healthcheck[^]*Exit codes: 0 done/);
    expect(complained).toEqual([]);
  });

  it.each(['migrate', 'admin', 'users', 'doctor', 'config', 'keys', 'webhooks', 'secret', 'healthcheck', 'seed'])(
    'prints the help of %s and does nothing else',
    async (name) => {
      for (const flag of ['--help', '-h']) expect(await runCommand([name, flag], {})).toBe(0);
      expect(said).toHaveLength(2);
      expect(said.join()).toContain(`Usage: latchkey ${name}`);
      // Once, `latchkey secret --help` wrote a secret to a file named `--help`.
      for (const flag of ['--help', '-h']) expect(existsSync(flag)).toBe(false);
    },
  );

  it.each([
    [['constructor']],
    [['toString']],
    [['__proto__']],
    [['migrat']],
    [['migrate', 'now']],
    [['healthcheck', '--verbose']],
    [['keys', 'burn']],
    [['secret']],
    [['secret', 'a', 'b']],
    [['admin']],
    [['admin', 'create']],
    [['admin', 'delete', '--username', 'root']],
    [['admin', 'create', '--username', 'root', '--password', 'in-the-process-list']],
    [['config']],
    [['config', 'show']],
    [['doctor', 'all']],
    [['seed']],
    [['seed', '-1']],
    [['seed', '1e6']],
    [['users', 'import']],
    [['users', 'merge', 'a.csv']],
    [['users', 'import', 'a.csv', '--format', 'xml']],
    [['users', 'import', 'a.ndjson', '--dryrun']],
  ])('prints only its usage for wrong arguments: %j', async (args) => {
    expect(await runCommand(args, {})).toBe(2);
    expect(said).toEqual([]);
    expect(complained.join()).toMatch(/^Usage: latchkey /);
  });

  it('prints errors in JSON with --json', async () => {
    expect(await runCommand(['seed', 'many', '--json'], {})).toBe(2);
    expect(await runCommand(['migrate', '--json'], { NODE_ENV: 'production' })).toBe(2);
    expect(complained).toEqual([]);
    expect(said.map((line) => Object.keys(JSON.parse(line)))).toEqual([['error'], ['error', 'problems']]);
  });
});

describe('latchkey config', () => {
  const SECRETS = {
    APP_SECRET: 'kx81-very-hidden-root-of-every-key-0001',
    DATABASE_URL: 'postgres://hidden-user:hidden-1@db.example.com:5432/hidden-name?password=hidden-2',
    SMTP_URL: 'smtps://hidden-3:hidden-4@mail.example.com:465',
    REDIS_URL: 'redis://:hidden-5@cache.example.com:6379',
    SMS_URL: 'twilio://hidden-6:hidden-7@api.twilio.com?from=hidden-8',
    METRICS_TOKEN: 'hidden-9-metrics-token-of-thirty-two-bytes',
    STORAGE_ACCESS_KEY: 'hidden-10',
    STORAGE_SECRET_KEY: 'hidden-11',
    OAUTH_CLIENTS: 'books:hidden-12-a-long-secret-of-a-backend-program',
  };
  const run = async (...args: [string[], Record<string, string>]): Promise<{ code: number; text: string }> => {
    const lines: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
    vi.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line));
    const code = await runCommand(...args);
    vi.restoreAllMocks();
    return { code, text: lines.join('\n') };
  };

  it.each([[['config', 'print']], [['config', 'print', '--json']]])('%j shows every setting and no secret', async (args) => {
    const env = { NODE_ENV: 'production', PUBLIC_URL: 'https://accounts.example.com', PORT: '4000', ...SECRETS };
    const { code, text } = await run(args, env);
    expect(code).toBe(0);
    expect(text).toContain('https://accounts.example.com');
    expect(text).toContain('db.example.com:5432');
    for (const name of Object.keys(SETTINGS)) expect(text).toContain(name);
    expect(text).not.toMatch(/hidden/);
  });

  it('prints the DNS record of the key that signs mails, not the key', async () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const env = { DKIM_KEY: key, DKIM_SELECTOR: 'k1', MAIL_FROM: 'Shop <a@shop.example>' };
    expect(await run(['config', 'dkim'], env)).toEqual({
      code: 0,
      text: expect.stringMatching(/^k1\._domainkey\.shop\.example\. IN TXT \( "v=DKIM1; k=rsa; p=[^"]+" "[^"]+" \)$/),
    });
    const { text } = await run(['config', 'dkim', '--json'], { ...env, DKIM_DOMAIN: 'example.com' });
    expect(JSON.parse(text)).toEqual({ ok: true, name: 'k1._domainkey.example.com', value: expect.stringMatching(/^v=DKIM1; k=rsa; p=/) });
    expect(await run(['config', 'dkim'], {})).toEqual({ code: 2, text: expect.stringContaining('DKIM_SELECTOR') });
    expect(JSON.parse((await run(['config', 'dkim', '--json'], {})).text)).toMatchObject({ ok: false });
  });

  it('creates no secret on a development machine', async () => {
    const dataDir = join(tmpdir(), `latchkey-config-${process.pid}`);
    expect((await run(['config', 'check'], { DATA_DIR: dataDir })).code).toBe(0);
    expect((await run(['config', 'print'], { DATA_DIR: dataDir })).text).toContain('made at the first start');
    expect(existsSync(dataDir)).toBe(false);
  });

  it('reports all wrong settings at once', async () => {
    const { code, text } = await run(['config', 'check', '--json'], { PORT: 'http', LOG_LEVEL: 'loud' });
    expect([code, JSON.parse(text).problems.length]).toEqual([2, 2]);
  });
});
