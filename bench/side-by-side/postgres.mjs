// The PostgreSQL that all subjects share: embedded, with durable settings, one database per subject.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../dist/database/embedded/embedded-postgres.js';

/** Enough for a dozen servers with pools of ten. */
const MAX_CONNECTIONS = 300;

export async function startPostgres(ends) {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-bench-'));
  ends.add(() => rm(folder, { recursive: true, force: true }));
  const start = async () => {
    ends.signal.throwIfAborted();
    const starting = startEmbeddedPostgres({ dataDir: folder });
    ends.add(async () => {
      // A start cannot be interrupted. If it fails, the code that awaits it gets the error.
      const started = await starting.catch(() => undefined);
      if (started === undefined) return;
      await started.stop();
      await rm(started.dataDir, { recursive: true, force: true });
    });
    return starting;
  };
  const first = await start();
  await withClient(first.url, (client) => client.query(`ALTER SYSTEM SET max_connections = ${MAX_CONNECTIONS}`));
  await first.stop();
  const postgres = await start();
  const watcher = new pg.Client({ connectionString: postgres.url });
  await watcher.connect();
  ends.add(() => watcher.end());
  return {
    /** Settings that influence the figures. */
    async settings() {
      const names = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers'];
      const { rows } = await watcher.query(`SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name`, [names]);
      return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    },
    /** @param template database to copy; nobody may be connected to it */
    async createDatabase(name, template = 'template1') {
      await watcher.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    /** Processor time that each backend of a database has used so far, µs; empty on systems other than Linux. */
    async backends(database) {
      const { rows } = await watcher.query(`SELECT pid FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`, [
        database,
      ]);
      return new Map(rows.map(({ pid }) => [pid, processorTime(pid)]));
    },
    /** Updates the statistics, so that the planner behaves as in a database in long use. */
    settle: (url) => withClient(url, (client) => client.query('VACUUM ANALYZE')),
    /** Writes all dirty pages, so that no subject pays for the seeding of another. */
    checkpoint: () => watcher.query('CHECKPOINT'),
  };
}

export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function processorTime(pid) {
  try {
    // Time spent on a processor, ns (Documentation/scheduler/sched-stats.rst of Linux).
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
  } catch {
    return Number.NaN;
  }
}
