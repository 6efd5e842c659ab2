import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { describe } from 'vitest';
import { AppProcess } from './support/app-process.js';
import { keepsSessions } from './support/rendered-app.js';

describe('the example app on Hono in a browser', () => {
  keepsSessions(async (url) => {
    const root = fileURLToPath(new URL('../../../../examples/hono', import.meta.url));
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-example-'));
    await build({
      root,
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true, rolldownOptions: { output: { entryFileNames: 'main.mjs' } } },
    });
    const app = await AppProcess.start([join(folder, 'main.mjs')], root, { LATCHKEY_URL: url, PORT: '0' });
    return {
      url: app.url,
      stop: async () => {
        await app.stop();
        await rm(folder, { recursive: true });
      },
    };
  });
});
