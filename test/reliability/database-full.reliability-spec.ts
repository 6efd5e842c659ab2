import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, signedIn } from '../support/accounts.js';
import { type TestApp, startApp } from '../support/start-app.js';

/** A file system of 1 MiB; only root may mount one. */
const folder = mkdtempSync(join(tmpdir(), 'latchkey-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0;

describe.runIf(mounted)('the disk of the database that is full', () => {
  let app: TestApp;
  const space = `full_${process.pid}`;
  beforeAll(async () => {
    app = await startApp();
    const [row] = await app.rows<{ data_directory: string }>('SHOW data_directory');
    const { uid, gid } = statSync(String(row?.data_directory));
    chownSync(folder, uid, gid);
    await app.rows(`CREATE TABLESPACE ${space} LOCATION '${folder}'`);
  });
  afterAll(async () => {
    await app.rows('DROP TABLE IF EXISTS ballast');
    await app.rows('ALTER TABLE users SET TABLESPACE pg_default');
    await app.rows(`DROP TABLESPACE ${space}`);
    await app.stop();
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers 503 to writes that need room, keeps reading, and goes on when there is room', async () => {
    const { accessToken } = await signedIn(app);
    await app.rows(`ALTER TABLE users SET TABLESPACE ${space}`);
    await app.rows(`CREATE TABLE ballast (text text) TABLESPACE ${space}`);
    const fill = (): Promise<object[]> => app.rows(`INSERT INTO ballast SELECT repeat('x', 1000) FROM generate_series(1, 20)`);
    await expect(
      (async () => {
        for (;;) await fill();
      })(),
    ).rejects.toMatchObject({ code: '53100' });
    // As many as still fit into the last page of the table, and then one that does not.
    let answer;
    do answer = await app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD });
    while (answer.status === 201);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 503, code: 'server.unavailable' });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await app.get('/v1/users/me', { token: accessToken })).status).toBe(200);
    await app.rows('DROP TABLE ballast');
    expect((await app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD })).status).toBe(201);
  });
});
