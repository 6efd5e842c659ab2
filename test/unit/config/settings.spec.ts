import { SETTINGS } from '../../../src/capabilities.js';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

  it('accept a folder or a bucket for pictures, and require the keys of the bucket', () => {
    expect(load(PRODUCTION).STORAGE_URL).toBe('file:///var/lib/latchkey');
    expect(load({}).STORAGE_URL).toBeUndefined();
    expect(namesOf({ STORAGE_URL: 'file:///srv/pictures' })).toEqual([]);
    const STORAGE_URL = 's3://bucket/prefix?endpoint=http://minio:9000&region=eu-1';
    expect(namesOf({ STORAGE_URL })).toEqual(['STORAGE_ACCESS_KEY', 'STORAGE_SECRET_KEY']);
    expect(namesOf({ STORAGE_URL, STORAGE_ACCESS_KEY: 'a', STORAGE_SECRET_KEY: 'b' })).toEqual([]);
  });

  describe.each([
    ['SMTP_URL', 'smtp'],
    ['SMTP_URL', 'smtps'],
    ['DATABASE_URL', 'postgres'],
    ['DATABASE_DIRECT_URL', 'postgresql'],
    ['REDIS_URL', 'redis'],
    ['REDIS_URL', 'rediss'],
    ['SMS_URL', 'twilio'],
  ])('%s with %s:', (name, scheme) => {
    const more = { DATABASE_URL: 'postgres://db/latchkey' };
    // The password is between the colon and the last @; parsers would end the host at the first of / ? #.
    it.each([
      'p@ss#1/2',
      'p#hunter2',
      '1#hunter2',
      'hunter/2',
      '1/hunter2',
      'hunter?2',
      'p@hunter2',
      'hunter%2',
      '50%hunter2',
      '#hunter2',
      '/',
    ])('says how to write the password %s', (password) => {
      const value = `${scheme}://user:${password}@host.example:587?from=x`;
      expect(problemsOf({ ...more, [name]: value })).toEqual([
        `${name} must be a URL whose user and password are percent-encoded: write @ as %40, # as %23, / as %2F, ? as %3F and % as %25`,
      ]);
      const encoded = `${scheme}://user:${encodeURIComponent(password)}@host.example:587?from=x`;
      expect(load({ ...more, [name]: encoded })[name as 'SMTP_URL']).toBe(encoded);
    });
  });

  it.each([
    ['SMTP_URL', 'SMTP://user:p@ss#1/2@mail.example'],
    ['SMTP_URL', ' \tsmtp://user:p@ss#1/2@mail.example'],
    ['DATABASE_URL', 'Postgres://user:p/w@db/latchkey'],
    ['REDIS_URL', 'REDISS://:p?w@cache'],
  ])('see through capitals and spaces before %s=%j', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(`${name} must be a URL whose user and password are`)]);
  });

  it.each([
    ['SMTP_URL', ['smtp://', 'smtp:///mail.example', 'smtps:user:p@mail.example', 'smtp://mail.example:99999', 'smtp://mail .example']],
    ['REDIS_URL', ['redis://', 'redis:cache', 'redis:///0']],
    ['DATABASE_URL', ['postgres:db', 'postgres://db\t2/latchkey', 'db:5432/latchkey', '"postgres://db/latchkey"']],
    ['PUBLIC_URL', ['accounts.example.com', 'https://', 'https:accounts.example.com', 'https://accounts.example.com/a b']],
  ])('refuse a %s without a host that can be reached', (name, values) => {
    for (const value of values) expect([value, namesOf({ [name]: value })]).toEqual([value, [name]]);
  });

  it('keep URLs in one form, and databases at a socket', () => {
    expect(load({ PUBLIC_URL: 'HTTPS://accounts.example.com//' }).PUBLIC_URL).toBe('https://accounts.example.com');
    expect(load({ SMTP_URL: ' SMTP://mail.example:25\n' }).SMTP_URL).toBe('smtp://mail.example:25');
    for (const DATABASE_URL of ['postgres:///latchkey', 'postgres://%2Frun%2Fpostgresql/latchkey', 'postgres://'])
      expect(load({ DATABASE_URL }).DATABASE_URL).toBe(DATABASE_URL);
  });

  it.each(['a@b.test', 'Größe & Söhne <no-reply@größe.test>', '"Shop, \\"Inc.\\"" <a@b.test>', '<a@b.test>', "Ada's shop <a@localhost>"])(
    'accept the sender %s',
    (MAIL_FROM) => {
      expect(load({ MAIL_FROM }).MAIL_FROM).toBe(MAIL_FROM);
    },
  );

  it('refuse TLS options in SMTP_URL, where they would undo SMTP_TLS', () => {
    for (const option of ['requireTLS=false', 'ignoreTLS=true', 'opportunisticTLS=true', 'secure=false'])
      expect(problemsOf({ SMTP_URL: `smtp://u:p@mail.example?${option}` })).toEqual([expect.stringContaining('use smtps:// or SMTP_TLS')]);
    expect(namesOf({ SMTP_URL: 'smtp://u:p@mail.example?name=host.example&tls.servername=mail' })).toEqual([]);
  });

  it.each([
    ['DATABASE_URL', 'postgres://u:p@pg1:5432,pg2:5433/latchkey?target_session_attrs=read-write'],
    ['DATABASE_URL', 'postgres://u:p@pg1,[::1]:5433/latchkey'],
    ['DATABASE_DIRECT_URL', 'postgres://u:p@pg1,pg2/latchkey?target_session_attrs=primary'],
    ['DATABASE_REPLICA_URL', 'postgres://u:p@pg2,pg3/latchkey'],
    ['REDIS_URL', 'redis://u:p@s1:26379,s2/0?sentinel=throttles&sentinel_password=x'],
    ['REDIS_URL', 'rediss://u:p@r1:6379,r2?cluster=true'],
  ])('take several hosts in %s: %s', (name, value) => {
    expect(problemsOf({ DATABASE_URL: 'postgres://db/latchkey', [name]: value })).toEqual([]);
  });

  it.each([
    ['DATABASE_URL', 'postgres://u:p@pg1,pg2:x/latchkey', 'be a URL without spaces whose host and port can be read'],
    [
      'DATABASE_URL',
      'postgres://u:p@pg1,pg2/latchkey?target_session_attrs=any',
      'have target_session_attrs=read-write or none: the server writes',
    ],
    ['REDIS_URL', 'redis://r1,r2', 'have sentinel=NAME or cluster=true if it names several hosts'],
    ['REDIS_URL', 'redis://r1,r2?cluster=yes', 'have cluster=true or no such parameter'],
    ['REDIS_URL', 'redis://r1?sentinel=a&cluster=true', 'have one of the parameters sentinel and cluster'],
    ['REDIS_URL', 'redis://r1?sentinel=', 'name the master of the sentinels, such as sentinel=mymaster'],
    ['REDIS_URL', 'redis://r1?sentinel_password=x', 'have sentinel_password only beside sentinel'],
    ['SMTP_URL', 'smtp://m1,m2:25:25', 'be a URL without spaces whose host and port can be read'],
  ])('refuse %s=%s', (name, value, what) => {
    expect(problemsOf({ DATABASE_URL: 'postgres://db/latchkey', [name]: value })).toEqual([`${name} must ${what}`]);
  });

  it('refuse DATABASE_REPLICA_URL without DATABASE_URL', () => {
    expect(namesOf({ DATABASE_REPLICA_URL: 'postgres://db/latchkey' })).toEqual(['DATABASE_URL']);
  });

  it('refuse DATABASE_DIRECT_URL without DATABASE_URL', () => {
    expect(namesOf({ DATABASE_DIRECT_URL: 'postgres://db/latchkey' })).toEqual(['DATABASE_URL']);
    expect(namesOf({ DATABASE_DIRECT_URL: 'postgres://db/latchkey', DATABASE_URL: 'postgres://pooler/latchkey' })).toEqual([]);
  });

  it('are all optional in development', () => {
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

  it('generate a development secret once, in a file that only its owner can read', () => {
    const [first, second] = [load({}).APP_SECRET, load({}).APP_SECRET];
    expect(Buffer.from(String(first), 'base64').length).toBeGreaterThanOrEqual(32);
    expect(second).toBe(first);
    expect(statSync(join(folder, 'data', 'app-secret')).mode & 0o777).toBe(0o600);
  });

  it('report all invalid values at once, including those that only production refuses', () => {
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
      [
        '*',
        'null',
        'https://a.test/',
        'https://a.test,b.test',
        'HTTPS://a.test',
        'https://user@a.test',
        'https://*.a.test',
        'capacitor://a/b',
        'myapp://a',
      ],
    ],
    ['TRUSTED_PROXIES', ['localhost', '10.0.0.0/33', '10.0.0', '10.0.0.1/', '::1/129', 'true', '1']],
    ['DEFAULT_REGION', ['us', 'USA', '01', 'XX', 'ZZ', 'constructor']],
    ['ACCESS_TOKEN_TTL_SECONDS', ['0', '29', '86401', '15m']],
    ['APP_NAME', ['a\r\nBcc: b@c.test', 'x'.repeat(65)]],
    [
      'MAIL_FROM',
      [
        'a@b.test\nBcc: c@d.test',
        'Shop',
        'a@b.test, c@d.test',
        'Shop, Inc. <a@b.test>',
        'Shop <a@b.test> <c@d.test>',
        '"Shop <a@b.test>',
        'Shop: <a@b.test>',
        'Shop <a@b.test',
        'Shop <>',
      ],
    ],
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

  it('treat an empty value as unset, because Compose files pass unset variables as empty ones', () => {
    const empty = Object.fromEntries(
      Object.keys(SETTINGS).flatMap((name) => [
        [name, ''],
        [`${name}_FILE`, ''],
      ]),
    );
    expect(loadSettings(SETTINGS, { ...empty, DATA_DIR: join(folder, 'data') })).toEqual(load({}));
    expect(namesOf({ ...PRODUCTION, SMTP_URL: '', APP_SECRET: '' }).toSorted()).toEqual(['APP_SECRET', 'SMTP_URL']);
  });

  it('drop the slash at the end of a URL, so that links contain only one', () => {
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
    'accept the logo %s',
    (BRAND_LOGO_URL) => {
      expect(load({ BRAND_LOGO_URL }).BRAND_LOGO_URL).toBe(BRAND_LOGO_URL);
    },
  );

  it('take a wildcard in an origin only where that is allowed, and only for the first of three labels', () => {
    const CORS_ORIGINS = 'https://*.preview.test.example';
    expect(() => load({ CORS_ORIGINS })).toThrow('CORS_ALLOW_WILDCARD=true');
    expect(load({ CORS_ORIGINS, CORS_ALLOW_WILDCARD: 'true' }).CORS_ORIGINS).toEqual([CORS_ORIGINS]);
    for (const wide of [
      '*',
      'https://*',
      'https://*.example',
      'https://a.*.example',
      'https://*a.b.example',
      'https://*.*.b.example',
      'http://*.b.example',
    ])
      expect(() => load({ CORS_ORIGINS: wide, CORS_ALLOW_WILDCARD: 'true' })).toThrow('CORS_ORIGINS');
  });

  it('read lists', () => {
    const settings = load({ CORS_ORIGINS: 'https://a.test, http://localhost:5173,', TRUSTED_PROXIES: '10.0.0.0/8,fd00::/8,127.0.0.1' });
    expect(settings.CORS_ORIGINS).toEqual(['https://a.test', 'http://localhost:5173']);
    expect(settings.TRUSTED_PROXIES).toEqual(['10.0.0.0/8', 'fd00::/8', '127.0.0.1']);
  });

  it.each(['0.0.0.0', '::', '192.168.1.4', 'example.com', '::ffff:0.0.0.0', '1270.0.0.1', '127.0.0.1.evil.test'])(
    'allow only loopback addresses outside production, not %s',
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

    it('are refused beside a direct value, if they are missing, and if their content is invalid', () => {
      expect(problemsOf({ APP_SECRET: SECRET, APP_SECRET_FILE: file('secret', SECRET) })).toEqual([
        expect.stringMatching(/^APP_SECRET must be given once/),
      ]);
      expect(problemsOf({ APP_SECRET_FILE: join(folder, 'nowhere') })).toEqual([
        expect.stringMatching(/^APP_SECRET must be in a readable file.*ENOENT/),
      ]);
      expect(namesOf({ ...PRODUCTION, APP_SECRET: undefined, APP_SECRET_FILE: file('short', 'short\n') })).toEqual(['APP_SECRET']);
    });

    it('in a folder are read for settings that are given in no other way', () => {
      const SETTINGS_DIR = join(folder, 'settings');
      mkdirSync(SETTINGS_DIR);
      const put = (name: string, content: string): void => writeFileSync(join(SETTINGS_DIR, name), content);
      put('APP_SECRET', `${SECRET}\n`);
      put('PORT', '4000');
      put('HOST', '');
      put('SETTINGS_DIR', '/nowhere');
      expect(load({ SETTINGS_DIR })).toMatchObject({ APP_SECRET: SECRET, PORT: 4000, HOST: '127.0.0.1', SETTINGS_DIR });
      const other = SECRET.toLowerCase();
      expect(load({ SETTINGS_DIR, PORT: '5000', APP_SECRET_FILE: file('other', other) })).toMatchObject({ PORT: 5000, APP_SECRET: other });
      put('NODE_ENV', 'production');
      expect(namesOf({ SETTINGS_DIR }).toSorted()).toEqual(['DATABASE_URL', 'PUBLIC_URL', 'SMTP_URL']);
      put('NODE_ENV', '');
      put('PORT', 'many');
      expect(namesOf({ SETTINGS_DIR })).toEqual(['PORT']);
    });

    it('in a folder that is none are a problem, not absent', () => {
      const problems = problemsOf({ SETTINGS_DIR: join(folder, 'no-settings') });
      expect(problems).toEqual([expect.stringMatching(/^SETTINGS_DIR must be a folder.*ENOENT/)]);
    });

    it('are not read for settings that are not secrets', () => {
      expect(load({ PORT_FILE: '/nowhere' }).PORT).toBe(3000);
    });
  });

  describe('in production', () => {
    it('are complete with a database, an SMTP server, an address and a secret', () => {
      expect(load(PRODUCTION)).toMatchObject({ HOST: '0.0.0.0', MIGRATE_ON_START: false, RATE_LIMIT: 'on' });
      expect(existsSync(join(folder, 'data-of-production'))).toBe(false);
    });

    it('have no generated values', () => {
      expect(namesOf({ NODE_ENV: 'production', DATA_DIR: join(folder, 'none') }).toSorted()).toEqual([
        'APP_SECRET',
        'DATABASE_URL',
        'PUBLIC_URL',
        'SMTP_URL',
      ]);
      expect(existsSync(join(folder, 'none'))).toBe(false);
    });

    it('cannot switch off rate limits', () => {
      expect(namesOf({ ...PRODUCTION, RATE_LIMIT: 'off' })).toEqual(['RATE_LIMIT']);
    });

    it.each(['APP_SECRET', 'APP_SECRET_PREVIOUS', 'METRICS_TOKEN', 'MAIL_WEBHOOK_TOKEN', 'MAIL_WEBHOOK_POSTMARK_PASSWORD'])(
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

    it('never reveal a secret in an error message', () => {
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

    it('each with a description', () => {
      for (const [name, { doc }] of Object.entries(SETTINGS))
        expect([name, doc]).toEqual([name, expect.stringMatching(/^\S.{15,}[.`)]$/s)]);
    });

    it('in .env.example, exactly as generated', () => {
      expect(readFileSync(new URL('.env.example', root), 'utf8')).toBe(toEnvExample(SETTINGS));
    });

    it('in .env.example, which changes nothing if it is used unedited', () => {
      const lines = toEnvExample(SETTINGS).split('\n');
      expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
      expect(lines.filter((line) => /^#[A-Z_]+=/.test(line)).map((line) => line.slice(1).split('=', 1)[0])).toEqual(Object.keys(SETTINGS));
    });

    it('in the table of the README, exactly as generated', () => {
      const readme = readFileSync(new URL('README.md', root), 'utf8');
      const [, table] = /<!-- settings -->\n+([\s\S]*?)\n+<!-- \/settings -->/.exec(readme) ?? [];
      expect(table?.trim()).toBe(toMarkdownTable(SETTINGS).trim());
    });
  });
});
