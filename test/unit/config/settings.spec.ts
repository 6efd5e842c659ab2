import { SETTINGS } from '../../../src/capabilities.js';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Environment, SettingsError, loadSettings } from '../../../src/config/load-settings.js';
import { toEnvExample, toMarkdownTable } from '../../../src/config/settings-docs.js';

const SECRET = 'gYtE2vQ8xLr5nKpZ3wMbH7cJ1dF6sA9uTq4R0iVyXoWk';

const PRODUCTION: Environment = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/latchkey',
  SMTP_URL: 'smtp://mail:25',
  PUBLIC_URL: 'https://accounts.example.com',
  APP_SECRET: SECRET,
};

describe('settings', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-settings-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const load = (env: Environment): ReturnType<typeof loadSettings> => loadSettings(SETTINGS, { DATA_DIR: join(folder, 'data'), ...env });

  function problemsOf(env: Environment): readonly string[] {
    try {
      load(env);
    } catch (error) {
      if (error instanceof SettingsError) return error.problems;
      throw error;
    }
    return [];
  }

  const namesOf = (env: Environment): string[] => problemsOf(env).map((problem) => String(problem.split(' ', 1)[0]));

  function file(name: string, content: string): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  it.each([
    'https://accounts.example.com?tenant=1',
    'https://accounts.example.com/#',
    'https://accounts.example.com/?',
    'https://ada:pw@accounts.example.com',
  ])('refuse a PUBLIC_URL that paths cannot be appended to: %s', (PUBLIC_URL) => {
    expect(namesOf({ PUBLIC_URL })).toEqual(['PUBLIC_URL']);
    expect(namesOf({ ...PRODUCTION, PUBLIC_URL })).toEqual(['PUBLIC_URL']);
  });

  it.each([
    'files',
    'file://host/folder',
    'file:///',
    'file:///a%2fb',
    's3:///prefix',
    's3://key:secret@bucket',
    's3://bucket?endpoint=s3.example.com',
    's3://bucket?endpont=https://s3.example.com',
    'https://bucket.s3.amazonaws.com',
  ])('refuse %s as a place for pictures', (STORAGE_URL) => {
    expect(namesOf({ STORAGE_URL, STORAGE_ACCESS_KEY: 'a', STORAGE_SECRET_KEY: 'b' })).toEqual(['STORAGE_URL']);
  });

  it('take a folder or a bucket for pictures, and ask for the keys of the bucket', () => {
    expect(load(PRODUCTION).STORAGE_URL).toBe('file:///var/lib/latchkey');
    expect(load({}).STORAGE_URL).toBeUndefined();
    expect(namesOf({ STORAGE_URL: 'file:///srv/pictures' })).toEqual([]);
    const STORAGE_URL = 's3://bucket/prefix?endpoint=http://minio:9000&region=eu-1';
    expect(namesOf({ STORAGE_URL })).toEqual(['STORAGE_ACCESS_KEY', 'STORAGE_SECRET_KEY']);
    expect(namesOf({ STORAGE_URL, STORAGE_ACCESS_KEY: 'a', STORAGE_SECRET_KEY: 'b' })).toEqual([]);
  });

  it('refuse a direct way to a database beside an embedded one', () => {
    expect(namesOf({ DATABASE_DIRECT_URL: 'postgres://db/latchkey' })).toEqual(['DATABASE_URL']);
    expect(namesOf({ DATABASE_DIRECT_URL: 'postgres://db/latchkey', DATABASE_URL: 'postgres://pooler/latchkey' })).toEqual([]);
  });

  it('need nothing in development', () => {
    const settings = load({});
    expect(settings).toMatchObject({
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: 3000,
      PUBLIC_URL: 'http://localhost:3000',
      DOCS: true,
      RATE_LIMIT: 'on',
      MIGRATE_ON_START: true,
    });
    expect(settings.DATABASE_URL).toBeUndefined();
  });

  it('make a development secret once, readable by its owner alone', () => {
    const [first, second] = [load({}).APP_SECRET, load({}).APP_SECRET];
    expect(Buffer.from(String(first), 'base64').length).toBeGreaterThanOrEqual(32);
    expect(second).toBe(first);
    expect(statSync(join(folder, 'data', 'app-secret')).mode & 0o777).toBe(0o600);
  });

  it('name all bad values at once, those of production too', () => {
    const bad = {
      PORT: '70000',
      DOCS: 'yes',
      CORS_ORIGINS: 'https://a.test/path',
      TRUSTED_PROXIES: '10.0.0.0/99',
      LOG_LEVEL: 'loud',
      DEFAULT_REGION: 'usa',
      PASSWORD_MIN_LENGTH: '7',
      DATABASE_URL: 'mysql://db',
    };
    expect(namesOf(bad).toSorted()).toEqual(Object.keys(bad).toSorted());
    expect(namesOf({ ...PRODUCTION, ...bad, RATE_LIMIT: 'off', APP_SECRET: 'short', SMTP_URL: undefined }).toSorted()).toEqual(
      [...Object.keys(bad), 'APP_SECRET', 'RATE_LIMIT', 'SMTP_URL'].toSorted(),
    );
  });

  it.each([
    ['PORT', ['-1', '65536', '3000.5', '0x10', '1e3', ' 3000', 'NaN', '३०००', 'http']],
    ['NODE_ENV', ['prod', 'Production', 'staging']],
    ['MIGRATE_ON_START', ['1', 'True', 'yes']],
    ['PUBLIC_URL', ['accounts.example.com', '//accounts.example.com', 'javascript:alert(1)', 'ftp://a.test', '/']],
    ['SMTP_URL', ['http://mail', 'mail:25']],
    [
      'CORS_ORIGINS',
      ['*', 'null', 'https://a.test/', 'https://a.test,b.test', 'HTTPS://a.test', 'https://user@a.test', 'https://*.a.test'],
    ],
    ['TRUSTED_PROXIES', ['localhost', '10.0.0.0/33', '10.0.0', '10.0.0.1/', '::1/129', 'true', '1']],
    ['DEFAULT_REGION', ['us', 'USA', '01']],
    ['ACCESS_TOKEN_TTL_SECONDS', ['0', '29', '86401', '15m']],
    ['APP_NAME', ['a\r\nBcc: b@c.test', 'x'.repeat(65)]],
    ['MAIL_FROM', ['a@b.test\nBcc: c@d.test']],
    ['BRAND_COLOR', ['blue', '#12', '#1234', '#12345g', '#1234567', 'rgb(0,0,0)', '#fff;}', 'red;--x:1']],
    [
      'BRAND_LOGO_URL',
      [
        'http://a.test/logo.png',
        '//a.test/logo.png',
        'logo.png',
        'javascript:alert(1)',
        'https://user@a.test/logo.png',
        'https://*/logo.png',
        "https://a.test;script-src'self'/logo.png",
        'data:text/html;base64,AAAA',
        'data:image/png,AAAA',
        'data:image/png;base64,AA"><script>',
        `data:image/png;base64,${'A'.repeat(70_000)}`,
      ],
    ],
    ['LIMIT_SIGN_IN', ['5', '0/900', '5/0', '5 per minute', '-5/900']],
  ])('refuse %s when it is %j', (name, values) => {
    for (const value of values) expect([value, namesOf({ [name]: value })]).toEqual([value, [name]]);
  });

  it('take an empty value for none, as Compose files pass unset variables on', () => {
    const empty = Object.fromEntries(
      Object.keys(SETTINGS).flatMap((name) => [
        [name, ''],
        [`${name}_FILE`, ''],
      ]),
    );
    expect(loadSettings(SETTINGS, { ...empty, DATA_DIR: join(folder, 'data') })).toEqual(load({}));
    expect(namesOf({ ...PRODUCTION, SMTP_URL: '', APP_SECRET: '' }).toSorted()).toEqual(['APP_SECRET', 'SMTP_URL']);
  });

  it('drop the slash at the end of an URL, so that links have one', () => {
    expect(load({ PUBLIC_URL: 'https://accounts.example.com/' }).PUBLIC_URL).toBe('https://accounts.example.com');
  });

  it.each([
    ['#3346D3', '#3346d3'],
    ['3346d3', '#3346d3'],
    ['#fd0', '#ffdd00'],
    ['fd0', '#ffdd00'],
  ])('read the colour %s', (BRAND_COLOR, value) => {
    expect(load({ BRAND_COLOR }).BRAND_COLOR).toBe(value);
  });

  it.each(['https://cdn.example.com:8443/a/logo.svg?v=2', 'https://[2001:db8::1]/logo.png', 'data:image/svg+xml;base64,PHN2Zz48L3N2Zz4='])(
    'take the logo %s',
    (BRAND_LOGO_URL) => {
      expect(load({ BRAND_LOGO_URL }).BRAND_LOGO_URL).toBe(BRAND_LOGO_URL);
    },
  );

  it('read lists', () => {
    const settings = load({ CORS_ORIGINS: 'https://a.test, http://localhost:5173,', TRUSTED_PROXIES: '10.0.0.0/8,fd00::/8,127.0.0.1' });
    expect(settings.CORS_ORIGINS).toEqual(['https://a.test', 'http://localhost:5173']);
    expect(settings.TRUSTED_PROXIES).toEqual(['10.0.0.0/8', 'fd00::/8', '127.0.0.1']);
  });

  it.each(['0.0.0.0', '::', '192.168.1.4', 'example.com', '::ffff:0.0.0.0', '1270.0.0.1', '127.0.0.1.evil.test'])(
    'listen on loopback only outside production, not on %s',
    (HOST) => {
      expect(namesOf({ HOST })).toEqual(['HOST']);
      expect(load({ ...PRODUCTION, HOST }).HOST).toBe(HOST);
    },
  );

  describe('from files', () => {
    it('are read for secrets, without the line break at the end', () => {
      const settings = load({
        ...PRODUCTION,
        APP_SECRET: undefined,
        APP_SECRET_FILE: file('secret', `${SECRET}\n`),
        DATABASE_URL: '',
        DATABASE_URL_FILE: file('database', 'postgres://db/x\r\n'),
      });
      expect(settings).toMatchObject({ APP_SECRET: SECRET, DATABASE_URL: 'postgres://db/x' });
    });

    it('are refused beside a value, when they are missing, and when what they hold is bad', () => {
      expect(problemsOf({ APP_SECRET: SECRET, APP_SECRET_FILE: file('secret', SECRET) })).toEqual([
        expect.stringMatching(/^APP_SECRET must be given once/),
      ]);
      expect(problemsOf({ APP_SECRET_FILE: join(folder, 'nowhere') })).toEqual([
        expect.stringMatching(/^APP_SECRET must be in a readable file.*ENOENT/),
      ]);
      expect(namesOf({ ...PRODUCTION, APP_SECRET: undefined, APP_SECRET_FILE: file('short', 'short\n') })).toEqual(['APP_SECRET']);
    });

    it('are not looked at for what is no secret', () => {
      expect(load({ PORT_FILE: '/nowhere' }).PORT).toBe(3000);
    });
  });

  describe('in production', () => {
    it('are complete with a database, an SMTP server, an address and a secret', () => {
      expect(load(PRODUCTION)).toMatchObject({ HOST: '0.0.0.0', MIGRATE_ON_START: false, RATE_LIMIT: 'on' });
      expect(existsSync(join(folder, 'data-of-production'))).toBe(false);
    });

    it('make nothing up', () => {
      expect(namesOf({ NODE_ENV: 'production', DATA_DIR: join(folder, 'none') }).toSorted()).toEqual([
        'APP_SECRET',
        'DATABASE_URL',
        'PUBLIC_URL',
        'SMTP_URL',
      ]);
      expect(existsSync(join(folder, 'none'))).toBe(false);
    });

    it('do not lift the throttles', () => {
      expect(namesOf({ ...PRODUCTION, RATE_LIMIT: 'off' })).toEqual(['RATE_LIMIT']);
    });

    it.each(['APP_SECRET', 'APP_SECRET_PREVIOUS', 'METRICS_TOKEN', 'MAIL_WEBHOOK_TOKEN'])(
      'refuse a short, default or placeholder %s',
      (name) => {
        const weak = [
          'a',
          'secret',
          SECRET.slice(0, 31),
          'x'.repeat(64),
          'ab'.repeat(32),
          '0123456'.repeat(6),
          'secret'.repeat(8),
          'passwordpasswordpasswordpassword1',
          'change-me-change-me-change-me-change-me',
          'CHANGEME_CHANGEME_CHANGEME_CHANGEME',
          'please-replace-me-with-a-real-value-0123',
          'this-is-only-an-example-secret-0123456789',
          'your-secret-here-your-secret-here-1234',
          'default-secret-default-secret-0123456',
          ' '.repeat(40),
        ];
        for (const value of weak) {
          expect([value, namesOf({ ...PRODUCTION, [name]: value })]).toEqual([value, [name]]);
          expect(problemsOf({ ...PRODUCTION, [name]: value }).join('')).not.toContain(`"${value}"`);
        }
      },
    );

    it('take any random secret', () => {
      for (let i = 0; i < 200; i += 1) {
        for (const encoding of ['base64', 'base64url', 'hex'] as const)
          expect(namesOf({ ...PRODUCTION, APP_SECRET: randomBytes(32).toString(encoding) })).toEqual([]);
      }
    });

    it('never show a secret in what they complain about', () => {
      const env = {
        ...PRODUCTION,
        DATABASE_URL: 'mysql://user:hunter2@db',
        SMTP_URL: 'http://user:hunter2@mail',
        APP_SECRET: 'hunter2',
        METRICS_TOKEN: 'hunter2',
        OAUTH_CLIENTS: 'hunter2',
      };
      expect(problemsOf(env)).toHaveLength(5);
      expect(problemsOf(env).join('\n')).not.toContain('hunter2');
    });
  });

  describe('are documented', () => {
    const root = new URL('../../../', import.meta.url);

    it('each with what it does', () => {
      for (const [name, { doc }] of Object.entries(SETTINGS))
        expect([name, doc]).toEqual([name, expect.stringMatching(/^\S.{15,}[.`)]$/s)]);
    });

    it('in .env.example, word by word', () => {
      expect(readFileSync(new URL('.env.example', root), 'utf8')).toBe(toEnvExample(SETTINGS));
    });

    it('in .env.example, which changes nothing when it is used as it is', () => {
      const lines = toEnvExample(SETTINGS).split('\n');
      expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
      expect(lines.filter((line) => /^#[A-Z_]+=/.test(line)).map((line) => line.slice(1).split('=', 1)[0])).toEqual(Object.keys(SETTINGS));
    });

    it('in the table of the README', () => {
      const readme = readFileSync(new URL('README.md', root), 'utf8');
      const [, table] = /<!-- settings -->\n+([\s\S]*?)\n+<!-- \/settings -->/.exec(readme) ?? [];
      expect(table?.trim()).toBe(toMarkdownTable(SETTINGS).trim());
    });
  });
});
