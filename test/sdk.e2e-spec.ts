import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PackageFiles } from '../src/sdk/package-files.service.js';
import { type TestApp, startApp } from './support/start-app.js';

describe('the packages of the server', () => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-sdk-'));
    app = await startApp();
    vi.spyOn(app.nest.get(PackageFiles), 'folder', 'get').mockReturnValue(folder);
    await writeFile(join(folder, 'client.tgz'), 'the client');
  });
  afterAll(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  it('are handed out to anybody, and not again to who has them', async () => {
    const answer = await app.get('/sdk/client.tgz');
    expect([answer.status, answer.text]).toEqual([200, 'the client']);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/gzip',
      'content-length': '10',
      'cache-control': 'public, no-cache',
    });
    const etag = String(answer.headers.etag);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await app.get('/sdk/client.tgz', { headers: { 'if-none-match': known } });
      expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag]);
    }
    expect((await app.get('/sdk/client.tgz', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('are announced without being sent (HEAD)', async () => {
    const answer = await app.call('HEAD', '/sdk/client.tgz');
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, '', '10']);
  });

  it('are missing where they were not built, until they are: the answer says how', async () => {
    const { status, body } = await app.get('/sdk/verifier.tgz');
    expect([status, body.code]).toEqual([404, 'sdk.not_built']);
    expect(body.detail).toContain('npm run build');
    await writeFile(join(folder, 'verifier.tgz'), 'the verifier');
    expect((await app.get('/sdk/verifier.tgz')).text).toBe('the verifier');
  });

  it('are no way to other files', async () => {
    for (const url of ['/sdk/../package.json', '/sdk/..%2fpackage.json', '/sdk/package.json', '/sdk/other.tgz', '/sdk/']) {
      expect([url, (await app.get(url)).body.code]).toEqual([url, 'route.not_found']);
    }
  });

  it('are not handed out where the documentation is not, for they name the version', async () => {
    const silent = await startApp({ DOCS: 'false' });
    expect((await silent.get('/sdk/client.tgz')).body.code).toBe('route.not_found');
    await silent.stop();
  });
});
