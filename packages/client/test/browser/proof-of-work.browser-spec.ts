import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Chromium } from '../../../../test/browser/support/chromium.js';
import { expectPage } from '../../../../test/browser/support/inspection.js';
import { type Site, startSite } from '../../../../test/browser/support/site.js';
import { PASSWORD, freshEmail } from '../../../../test/support/accounts.js';
import type { SdkPage } from './sdk-page.js';
import { serveApp } from './support/app-server.js';

declare const sdk: SdkPage;

describe('the SDK in a browser, where the server asks for proofs of work', () => {
  let site: Site;
  let chromium: Chromium;
  let appServer: Server;
  beforeAll(async () => {
    const environment = { PROOF_OF_WORK: 'always' };
    [site, chromium, appServer] = await Promise.all([startSite(environment), Chromium.launch(), serveApp('sdk-page.ts')]);
  });
  afterAll(async () => {
    await chromium?.quit();
    appServer?.close();
    await site?.stop();
  });

  it('proves the work of a default server unseen, while the page goes on', async () => {
    const context = await chromium.visit();
    const answers: number[] = [];
    context.on('response', (response) => {
      if (response.request().method() === 'POST') answers.push(response.status());
    });
    const page = await context.newPage();
    const api = site.url.replace('127.0.0.1', 'localhost');
    await page.goto(`http://localhost:${(appServer.address() as AddressInfo).port}/?mode=tokens&api=${encodeURIComponent(api)}`);
    await expectPage(page, 'signed-out');
    const email = freshEmail('browser');
    const { error, turns } = await page.evaluate(
      async (account) => {
        let taken = 0;
        const timer = setInterval(() => (taken += 1), 10);
        const signedUp = await sdk.client.auth.signUp(account);
        clearInterval(timer);
        return { error: signedUp.error?.code ?? null, turns: taken };
      },
      { email, password: PASSWORD },
    );
    expect(error).toBeNull();
    expect(answers).toEqual([428, 201]);
    // The page had its turns meanwhile.
    expect(turns).toBeGreaterThan(2);
    expect((await site.app.mailbox.newest(email)).secretCode).toMatch(/^\d{8}$/);
    expect(await chromium.leave()).toEqual([]);
  });
});
