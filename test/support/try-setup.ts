import { migrate } from '../../src/database/migrate.js';
import { migrateMailQueue } from '../../src/mail/migrate-mail-queue.js';
import { execute } from './databases.js';
export default async function (project: any) {
  const base = 'postgres://latchkey@127.0.0.1:54999/postgres';
  await execute(base, 'DROP DATABASE IF EXISTS latchkey_template WITH (FORCE)');
  await execute(base, 'CREATE DATABASE latchkey_template');
  await migrate({ DATABASE_URL: base.replace(/postgres$/, 'latchkey_template'), DATABASE_POOL_SIZE: 2 } as any, migrateMailQueue);
  project.provide('postgresUrl', base);
}
