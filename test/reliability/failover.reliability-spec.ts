import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/capabilities.js';
import { DatabaseFeed } from '../../src/database/feed/database-feed.service.js';
import { migrate } from '../../src/database/migrate.js';
import { migrateJobQueue } from '../../src/jobs/migrate-job-queue.js';
import { freshEmail, register } from '../support/accounts.js';
import { poll } from '../support/poll.js';
import { PostgresPair } from '../support/postgres-pair.js';
import { type TestApp, startApp } from '../support/start-app.js';

const DATABASE = 'latchkey';

describe('a DATABASE_URL with two servers', () => {
  let pair: PostgresPair;
  let app: TestApp;
  beforeAll(async () => {
    pair = await PostgresPair.start();
    await pair.primary.ask(`CREATE DATABASE ${DATABASE}`);
  });
  afterAll(async () => {
    await app.stop();
    await pair.stop();
  });

  it('leads requests, migrations, the feed and mail to the one that accepts writes, and to the other one after a failover', async () => {
    const { primary, standby } = pair;
    const url = `postgres://latchkey@127.0.0.1:${standby.port},127.0.0.1:${primary.port}/${DATABASE}?target_session_attrs=read-write`;
    await poll('the standby to have the database', () => standby.ask('SELECT 1', DATABASE).catch(() => undefined));
    expect((await migrate({ DATABASE_URL: url, DATABASE_POOL_SIZE: 2 }, MIGRATIONS, migrateJobQueue)).length).toBe(MIGRATIONS.length);
    app = await startApp({ DATABASE_URL: url }, primary.url(DATABASE));
    const names = (): Promise<{ name: string }[]> =>
      primary.ask(`SELECT DISTINCT application_name AS name FROM pg_stat_activity WHERE application_name LIKE 'latchkey%' ORDER BY name`);
    const { email } = await register(app);
    await app.mailbox.newest(email);
    expect((await names()).map(({ name }) => name)).toEqual(expect.arrayContaining(['latchkey', 'latchkey-feed', 'latchkey-mail']));

    await primary.kill();
    const refused = await app.post('/v1/auth/login', { identifier: email, password: 'four dark birds sing' });
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    await standby.ask('SELECT pg_promote()');
    const after = await poll('a registration', async () => {
      const fresh = freshEmail();
      const { status } = await app.post('/v1/auth/register', { email: fresh, password: 'four dark birds sing' });
      return status === 201 ? fresh : undefined;
    });
    await poll('the feed', () => (app.nest.get(DatabaseFeed).healthy ? true : undefined));
    const [mail] = await poll('the mail to be sent', async () => {
      const rows = await standby.ask(`SELECT 1 FROM mails WHERE recipient = '${after}' AND state = 'sent'`, DATABASE);
      return rows.length > 0 ? rows : undefined;
    });
    expect(mail).toBeDefined();
  });
});
