import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Chromium } from '../../../../test/browser/support/chromium.js';
import { expectPage } from '../../../../test/browser/support/inspection.js';
import { type Site, startSite } from '../../../../test/browser/support/site.js';
import { PASSWORD, register } from '../../../../test/support/accounts.js';
import { createClient } from '../../src/index.js';
import type { SdkPage } from './sdk-page.js';
import { serveApp } from './support/app-server.js';

/** Later than any access token is good, ms. */
const AN_HOUR = 3_600_000;

declare const sdk: SdkPage;

describe('the SDK in a browser with two tabs', () => {
  let site: Site;
  let chromium: Chromium;
  let appServer: Server;
  beforeAll(async () => {
    [site, chromium, appServer] = await Promise.all([startSite(), Chromium.launch(), serveApp('sdk-page.ts')]);
  });
  afterAll(async () => {
    await chromium?.quit();
    appServer?.close();
    await site?.stop();
  });

  describe.each(['tokens', 'cookie'] as const)('with %s', (mode) => {
    let context: BrowserContext;
    let refreshes: string[];
    beforeEach(async () => {
      context = await chromium.visit();
      refreshes = [];
      context.on('request', (request) => {
        if (request.method() === 'POST' && request.url().endsWith('/v1/auth/refresh')) refreshes.push(request.url());
      });
    });
    afterEach(async () => {
      expect(await chromium.leave()).toEqual([]);
    });

    const open = async (): Promise<Page> => {
      const page = await context.newPage();
      const api = site.url.replace('127.0.0.1', 'localhost');
      await page.goto(`http://localhost:${(appServer.address() as AddressInfo).port}/?mode=${mode}&api=${encodeURIComponent(api)}`);
      return page;
    };

    const signIn = (page: Page, identifier: string) =>
      page.evaluate(
        async (credentials) => {
          const { error } = await sdk.client.auth.signInWithPassword(credentials);
          if (error !== null) throw error;
        },
        { identifier, password: PASSWORD },
      );

    /** Two tabs, signed in. */
    const twoTabs = async (): Promise<{ tabs: Page[]; email: string }> => {
      const { email } = await register(site.app);
      const first = await open();
      await expectPage(first, 'signed-out');
      await signIn(first, email);
      const second = await open();
      await expectPage(second, `signed-in as ${email}`);
      refreshes = [];
      return { tabs: [first, second], email };
    };

    const askWho = (page: Page) => page.evaluate(async () => (await sdk.client.auth.getUser()).data?.user.email);

    it('signs in and out in both', async () => {
      const { email } = await register(site.app);
      const [first, second] = await Promise.all([open(), open()]);
      await Promise.all([first, second].map((page) => expectPage(page, 'signed-out')));
      await signIn(first, email);
      await Promise.all([first, second].map((page) => expectPage(page, `signed-in as ${email}`)));
      await second.evaluate(() => sdk.client.auth.signOut());
      await Promise.all([first, second].map((page) => expectPage(page, 'signed-out')));
      expect(await first.evaluate(() => sdk.events)).toEqual(['initial', 'signed-in', 'signed-out']);
      expect(await second.evaluate(() => sdk.events)).toEqual(['initial', 'signed-in', 'signed-out']);
      await first.reload();
      await expectPage(first, 'signed-out');
    });

    it('refreshes once for both, time and again, and signs nobody out', async () => {
      const { tabs, email } = await twoTabs();
      for (let round = 1; round <= 5; round += 1) {
        const now = Date.now() + round * AN_HOUR;
        for (const tab of tabs) await tab.clock.setFixedTime(now);
        const asked = await Promise.all([...tabs, ...tabs, ...tabs].map(askWho));
        expect(asked).toEqual(Array.from({ length: 6 }, () => email));
        expect(refreshes).toHaveLength(round);
      }
      for (const tab of tabs) await expectPage(tab, `signed-in as ${email}`);
    });

    it('is still signed in after both are loaded again at once', async () => {
      const { tabs, email } = await twoTabs();
      // Nobody is answered before both ask: a tab that is loaded after the other one was answered rightly asks for itself.
      let goOn = (): void => {};
      const areLoaded = new Promise<void>((resolve) => (goOn = resolve));
      await context.route('**/v1/auth/refresh', async (route) => {
        await areLoaded;
        await route.fallback();
      });
      await Promise.all(tabs.map((tab) => tab.reload()));
      goOn();
      for (const tab of tabs) await expectPage(tab, `signed-in as ${email}`);
      expect(await Promise.all(tabs.map(askWho))).toEqual([email, email]);
      // Tokens are found in localStorage; in cookie mode both have forgotten the access token, and one gets a new one.
      expect(refreshes).toHaveLength(mode === 'tokens' ? 0 : 1);
    });

    it('is told that its session was ended elsewhere as soon as somebody turns to a tab', async () => {
      const { tabs, email } = await twoTabs();
      const elsewhere = createClient({ url: site.url });
      await elsewhere.auth.signInWithPassword({ identifier: email, password: PASSWORD });
      expect((await elsewhere.sessions.revokeOthers()).error).toBeNull();
      for (const tab of tabs) await expectPage(tab, `signed-in as ${email}`);
      await tabs[0]?.evaluate(() => dispatchEvent(new Event('focus')));
      for (const tab of tabs) await expectPage(tab, 'signed-out');
    });

    it('shows the account as it is by now when somebody turns to a tab', async () => {
      const { tabs, email } = await twoTabs();
      const elsewhere = createClient({ url: site.url });
      await elsewhere.auth.signInWithPassword({ identifier: email, password: PASSWORD });
      await elsewhere.profile.update({ firstName: 'Ada' });
      await tabs[1]?.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      for (const tab of tabs) {
        await tab.waitForFunction(() => sdk.events.includes('user-updated'));
        const { data } = await tab.evaluate(() => sdk.client.auth.getSession());
        expect(data?.session?.user.firstName).toBe('Ada');
      }
    });

    it('asks who is there without an answer that the console shows as an error', async () => {
      const refused: string[] = [];
      context.on('response', (response) => {
        if (response.status() >= 400) refused.push(response.url());
      });
      const page = await open();
      await expectPage(page, 'signed-out');
      await page.reload();
      await expectPage(page, 'signed-out');
      expect(refused).toEqual([]);
    });

    it('ends calls that are cancelled while another tab holds the lock', async () => {
      const { tabs, email } = await twoTabs();
      const name = mode === 'tokens' ? 'latchkey:latchkey' : `latchkey:latchkey ${site.url.replace('127.0.0.1', 'localhost')}`;
      await tabs[0]?.evaluate(
        (lock) => new Promise<void>((granted) => void navigator.locks.request(lock, () => (granted(), new Promise(() => {})))),
        name,
      );
      const codes = await tabs[1]?.evaluate(
        async ([identifier, password]) => {
          const options = () => ({ signal: AbortSignal.timeout(100) });
          const signIn = await sdk.client.auth.signInWithPassword({ identifier, password }, options());
          return [signIn.error?.code, (await sdk.client.auth.signOut(options())).error?.code];
        },
        [email, PASSWORD] as const,
      );
      expect(codes).toEqual(['client.aborted', 'client.aborted']);
    });

    it('leaves no refresh token to scripts', async () => {
      const { tabs } = await twoTabs();
      const found = await tabs[0]?.evaluate(async () =>
        JSON.stringify([{ ...localStorage }, document.cookie, await sdk.client.auth.getSession()]),
      );
      expect(found?.includes('lkr_')).toBe(mode === 'tokens');
    });
  });
});
