import { MIGRATIONS } from '../../src/capabilities.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import { migrateJobQueue } from '../../src/jobs/migrate-job-queue.js';
import { execute } from './databases.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the cluster's maintenance database. */
    postgresUrl: string;
  }
}

/** Database that is migrated once; every test file uses a copy. */
const TEMPLATE = 'latchkey_template';

/** Starts one PostgreSQL for the whole run and deletes it at the end. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false });
  const tearDown = async (): Promise<void> => {
    await postgres.stop();
    await rm(postgres.dataDir, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  };
  // An interrupted run must not leave a PostgreSQL running.
  const onSignal = (): void => void tearDown().finally(() => process.exit(1));
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);

  // Autovacuum would process every copy and take locks that tests wait for.
  await execute(postgres.url, 'ALTER SYSTEM SET autovacuum = off');
  await execute(postgres.url, 'SELECT pg_reload_conf()');
  await execute(postgres.url, `CREATE DATABASE ${TEMPLATE}`);
  const template = new URL(postgres.url);
  template.pathname = `/${TEMPLATE}`;
  await migrate({ DATABASE_URL: template.href, DATABASE_POOL_SIZE: 2 }, MIGRATIONS, migrateJobQueue);
  project.provide('postgresUrl', postgres.url);
  return tearDown;
}
