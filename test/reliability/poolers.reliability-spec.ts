import { MIGRATIONS, SETTINGS } from '../../src/capabilities.js';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../src/config/load-settings.js';
import { migrate } from '../../src/database/migrate.js';
import { NamedStatement } from '../../src/database/named-statement.js';
import { register, signedIn } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { startApp } from '../support/start-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';

describe('with a pooler between the server and its database', () => {
  let databaseUrl: string;
  let pooler: TcpProxy;
  beforeAll(async () => {
    databaseUrl = await createDatabase();
  });
  beforeEach(async () => {
    pooler = await TcpProxy.start(databaseUrl);
  });
  afterEach(() => pooler.stop());

  it('migrates past it: a pooler would keep the lock of migrations for ever', async () => {
    pooler.refuse();
    const settings = loadSettings(SETTINGS, {
      NODE_ENV: 'test',
      APP_SECRET: 'x',
      DATABASE_URL: pooler.url,
      DATABASE_DIRECT_URL: databaseUrl,
    });
    const libraries: string[] = [];
    expect(await migrate(settings, MIGRATIONS, async (url) => void libraries.push(url))).toEqual([]);
    expect(libraries).toEqual([databaseUrl]);
  });

  it('works on the mail queue and hears of ended sessions past it', async () => {
    const app = await startApp({ DATABASE_DIRECT_URL: databaseUrl }, pooler.url);
    const connections = (): Promise<{ name: string; pooled: boolean }[]> =>
      app.rows(
        `SELECT DISTINCT application_name AS name, client_port = ANY($1) AS pooled FROM pg_stat_activity WHERE datname = current_database()`,
        [pooler.ports],
      );
    const { email } = await register(app);
    await app.mailbox.newest(email);
    const seen = await poll('all connections', async () => {
      const found = await connections();
      return ['latchkey', 'latchkey-feed', 'latchkey-mail'].every((name) => found.some((each) => each.name === name)) ? found : undefined;
    });
    expect(seen).toEqual(
      expect.arrayContaining([
        { name: 'latchkey', pooled: true },
        { name: 'latchkey-feed', pooled: false },
        { name: 'latchkey-mail', pooled: false },
      ]),
    );
    await app.stop();
  });

  it.each([
    ['keeps no statement in a connection that the pooler may give to others', true],
    ['keeps statements of hot paths otherwise', false],
  ])('%s', async (_, pooled) => {
    const app = pooled ? await startApp({ DATABASE_DIRECT_URL: databaseUrl }, pooler.url) : await startApp({}, databaseUrl);
    const run = vi.spyOn(NamedStatement.prototype, 'run');
    try {
      const { refreshToken } = await signedIn(app);
      run.mockClear();
      expect((await app.post('/v1/auth/refresh', { refreshToken })).status).toBe(200);
      expect(run.mock.calls.length > 0).toBe(!pooled);
    } finally {
      run.mockRestore();
      await app.stop();
    }
  });
});
