import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Chromium } from '../../../../test/browser/support/chromium.js';
import { type Site, startSite } from '../../../../test/browser/support/site.js';
import { PASSWORD, register } from '../../../../test/support/accounts.js';
import type { Wish } from './sdk-worker.js';
import { serveApp } from './support/app-server.js';

describe('the SDK in workers', () => {
  let site: Site;
  let chromium: Chromium;
  let appServer: Server;
  beforeAll(async () => {
    [site, chromium, appServer] = await Promise.all([startSite(), Chromium.launch(), serveApp('sdk-worker.ts')]);
  });
  afterAll(async () => {
    await chromium?.quit();
    appServer?.close();
    await site?.stop();
  });

  it.each(['Worker', 'ServiceWorker'])('signs in, refreshes and signs out in a %s', async (kind) => {
    const { email } = await register(site.app);
    const page = await (await chromium.visit()).newPage();
    await page.goto(`http://localhost:${(appServer.address() as AddressInfo).port}/`);
    const wish: Wish = { url: site.url.replace('127.0.0.1', 'localhost'), identifier: email, password: PASSWORD };
    const told = await page.evaluate(
      async ([name, asked]) => {
        let worker: Worker | ServiceWorker | null = null;
        if (name === 'Worker') worker = new Worker('/app.js', { type: 'module' });
        else {
          await navigator.serviceWorker.register('/app.js', { type: 'module' });
          worker = (await navigator.serviceWorker.ready).active;
        }
        const { port1, port2 } = new MessageChannel();
        return new Promise<unknown>((resolve) => {
          port1.addEventListener('message', ({ data }) => resolve(data));
          port1.start();
          worker?.postMessage(asked, [port2]);
        });
      },
      [kind, wish] as const,
    );
    expect(told).toEqual(['initial', 'signed-in', 'token-refreshed', 'signed-out']);
    expect(await chromium.leave()).toEqual([]);
  });
});
