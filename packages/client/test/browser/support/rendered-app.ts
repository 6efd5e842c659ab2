import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Chromium } from '../../../../../test/browser/support/chromium.js';
import { expectPage } from '../../../../../test/browser/support/inspection.js';
import { type Site, startSite } from '../../../../../test/browser/support/site.js';
import { PASSWORD, register } from '../../../../../test/support/accounts.js';
import { poll } from '../../../../../test/support/poll.js';
import { claimsOf } from '../../../../../test/support/tokens.js';
import { Front } from './front.js';

/** An example app that renders its pages on a server. */
interface RenderedApp {
  url: string;
  stop(): Promise<void>;
}

/** What every example app that renders pages on a server promises. @param start starts it for the Latchkey server at `url` */
export function keepsSessions(start: (url: string) => Promise<RenderedApp>): void {
  let site: Site;
  let chromium: Chromium;
  let app: RenderedApp;
  let front: Front;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([startSite(), Chromium.launch()]);
    app = await start(site.url);
    front = await Front.start(app.url);
  });
  afterAll(async () => {
    await chromium?.quit();
    await front?.stop();
    await app?.stop();
    await site?.stop();
  });

  let context: BrowserContext;
  let page: Page;
  beforeEach(async () => {
    context = await chromium.visit();
    page = await context.newPage();
  });
  afterEach(async () => {
    expect(await chromium.leave()).toEqual([]);
  });

  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

  const signedIn = async (): Promise<string> => {
    const { email } = await register(site.app);
    await page.goto(front.url);
    await expectPage(page, 'Sign in');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await press('Sign in');
    await expectPage(page, `Signed in as ${email}`);
    return email;
  };

  /** Makes the access token one that has expired. */
  const age = async (): Promise<void> => {
    const cookies = (await context.cookies()).filter(({ value }) => /^\d+~/.test(value));
    expect(cookies).toHaveLength(1);
    await context.addCookies(
      cookies.map(({ name, value }) => ({
        name,
        value: value.replace(/^\d+/, '1'),
        url: front.url.replace('http:', 'https:'),
        httpOnly: true,
        secure: true,
        sameSite: 'Lax' as const,
      })),
    );
  };

  /** As if all exchanges had been longer ago than the server forgives repetitions without a name. */
  const passDays = () => site.app.rows("UPDATE sessions SET rotated_at = now() - interval '3 days'");

  const sessionOf = async (email: string) => {
    const [session, ...others] = await site.app.rows<{ counter: number; ended: string | null }>(
      'SELECT s.counter, s.revoke_reason AS ended FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1',
      [email],
    );
    expect(others).toEqual([]);
    return session;
  };
  /** The only session of the account was refreshed and has not ended. */
  const expectAlive = async (email: string): Promise<void> => {
    const session = await sessionOf(email);
    expect(session?.ended).toBeNull();
    expect(session?.counter).toBeGreaterThan(0);
  };

  it('signs in and out, and the back button shows nothing of the account after that', async () => {
    const email = await signedIn();
    await page.getByRole('link', { name: 'Sessions' }).click();
    await expectPage(page, 'Sessions');
    await page.getByRole('link', { name: 'Account' }).click();
    await press('Sign out');
    await expectPage(page, 'Sign in');
    await page.goBack();
    await expectPage(page, 'Sign in');
    expect(await context.cookies()).toEqual([]);
    expect(await sessionOf(email)).toMatchObject({ ended: 'sign-out' });
  });

  it('keeps the session of somebody whose page loads are cancelled after the refresh, and who comes back days later', async () => {
    const email = await signedIn();
    await age();
    for (const path of ['/sessions', '/']) {
      const answered = front.withhold(path);
      const cancelled = page.goto(front.url + path).catch(() => 'cancelled');
      await answered;
      await page.goto('about:blank');
      expect(await cancelled).toBe('cancelled');
    }
    await passDays();
    await page.goto(`${front.url}/sessions`);
    await expectPage(page, 'Sessions');
    await page.getByRole('link', { name: 'Account' }).click();
    await expectPage(page, `Signed in as ${email}`);
    await expectAlive(email);
  });

  it('keeps the session at a double click, of which the first request is cancelled', async () => {
    const email = await signedIn();
    for (const name of ['Ada', 'Augusta']) {
      await age();
      await page.getByLabel('First name').fill(name);
      const saved = front.posts;
      await page.getByRole('button', { name: 'Save' }).dblclick();
      await poll('the app to answer', () => (front.posts > saved ? true : undefined));
      // The page that the second click leads to may come in between.
      await poll('the page to come back to', () => page.goto(front.url).catch(() => undefined));
      expect(await page.getByLabel('First name').inputValue()).toBe(name);
      await passDays();
    }
    await page.reload();
    await expectPage(page, `Signed in as ${email}`);
    await expectAlive(email);
  });

  it('keeps one session for two tabs that are loaded again at once', async () => {
    const email = await signedIn();
    const other = await context.newPage();
    await other.goto(front.url);
    for (let round = 0; round < 3; round += 1) {
      await age();
      await Promise.all([page.reload(), other.reload(), context.request.get(front.url)]);
      await expectPage(page, `Signed in as ${email}`);
      await expectPage(other, `Signed in as ${email}`);
    }
    await expectAlive(email);
    await press('Sign out');
    await expectPage(page, 'Sign in');
    await other.reload();
    await expectPage(other, 'Sign in');
  });

  it('gives scripts an access token when they ask, and nothing that lasts', async () => {
    const email = await signedIn();
    await age();
    const { cookie, html, session } = await page.evaluate(async () => ({
      cookie: document.cookie,
      html: document.documentElement.outerHTML,
      session: await (await fetch('/auth/session')).text(),
    }));
    expect(cookie).toBe('');
    expect(html).not.toMatch(/lkr_|eyJ/);
    expect(Object.keys(JSON.parse(session) as object)).toEqual(['accessToken', 'expiresAt']);
    const { accessToken } = JSON.parse(session) as { accessToken: string };
    expect(claimsOf(accessToken).exp * 1_000).toBeGreaterThan(Date.now());
    await expectAlive(email);
  });
}
