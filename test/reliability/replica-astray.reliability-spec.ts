import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/capabilities.js';
import { migrate } from '../../src/database/migrate.js';
import { migrateJobQueue } from '../../src/jobs/migrate-job-queue.js';
import { register } from '../support/accounts.js';
import { signedInAdmin } from '../support/administrators.js';
import { poll } from '../support/poll.js';
import { PostgresPair } from '../support/postgres-pair.js';
import { startApp } from '../support/start-app.js';

const DATABASE = 'latchkey';

describe('a replica that follows the former primary after a failover', () => {
  let pair: PostgresPair;
  beforeAll(async () => {
    pair = await PostgresPair.start();
    await pair.primary.ask(`CREATE DATABASE ${DATABASE}`);
    await migrate({ DATABASE_URL: pair.primary.url(DATABASE), DATABASE_POOL_SIZE: 2 }, MIGRATIONS, migrateJobQueue);
    const [end] = await pair.primary.ask<{ position: string }>('SELECT pg_current_wal_lsn()::text AS position');
    await poll('the standby to catch up', async () => {
      const [row] = await pair.standby.ask<{ there: boolean }>(`SELECT pg_last_wal_replay_lsn() >= '${end?.position}' AS there`);
      return row?.there === true ? true : undefined;
    });
    await pair.standby.ask('SELECT pg_promote()');
    // Its own history is far ahead of the new primary's.
    for (let i = 0; i < 3; i += 1) await pair.primary.ask(`SELECT pg_switch_wal(), pg_logical_emit_message(false, 'astray', '')`);
    await pair.primary.kill();
    writeFileSync(join(pair.primary.data, 'standby.signal'), '');
    await pair.primary.start();
  });
  afterAll(() => pair.stop());

  it('is not asked, although its position in its own log is past that of the primary', async () => {
    const app = await startApp({ DATABASE_REPLICA_URL: pair.primary.url(DATABASE) }, pair.standby.url(DATABASE));
    try {
      const { accessToken: token } = await signedInAdmin(app);
      const { id } = await register(app);
      const [ours] = await pair.standby.ask<{ position: string }>('SELECT pg_current_wal_lsn()::text AS position');
      const [astray] = await pair.primary.ask<{ ahead: boolean }>(`SELECT pg_last_wal_replay_lsn() > '${ours?.position}' AS ahead`);
      expect(astray?.ahead).toBe(true);
      expect((await app.get('/v1/users', { token })).body.data[0]?.id).toBe(id);
    } finally {
      await app.stop();
    }
  });
});
