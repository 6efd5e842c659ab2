import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshEmail } from '../support/accounts.js';
import { Chromium, VISITORS } from './support/chromium.js';
import { expectPage } from './support/inspection.js';
import { followMail } from './support/mails.js';
import { type Site, startSite } from './support/site.js';

const APP = 'https://app.brand.test/welcome';

describe('signing in by a mailed link in a browser', () => {
  let site: Site;
  let chromium: Chromium;
  let context: BrowserContext;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([startSite({ RETURN_URLS: APP }), Chromium.launch()]);
  });
  afterAll(async () => {
    await chromium?.quit();
    await site?.stop();
  });
  afterEach(async () => {
    expect(await chromium.leave()).toEqual([]);
  });

  /** Somebody whose code is on its way. */
  const asked = async (returnTo?: string): Promise<string> => {
    const email = freshEmail('browser');
    const begun = await site.app.post(
      '/v1/sign-ins',
      { identifier: email, mode: 'cookie', ...(returnTo !== undefined && { returnTo }) },
      { headers: { origin: site.url } },
    );
    const [secret = ''] = /latchkey-sign-in[^=]*=([^;]+)/.exec(String(begun.headers['set-cookie']))?.slice(1) ?? [];
    await site.app.post(`/v1/sign-ins/${begun.body.id}/challenges`, { type: 'email_code' }, { headers: { 'sign-in-secret': secret } });
    return email;
  };

  describe.each(VISITORS)('$name', (visitor) => {
    beforeEach(async () => {
      context = await chromium.visit(visitor);
    });

    it('shows the code, signs this browser in by the keyboard alone, and leads back to the app', async () => {
      await context.route(/^https:/, (route) => route.fulfill({ contentType: 'text/html', body: '<title>The app</title>' }));
      const email = await asked(APP);
      const page = await followMail(context, site, email, 'Open the page');
      await expectPage(page, 'Sign in');
      const { secretCode } = await site.app.mailbox.newest(email);
      expect(await page.getByText(`${secretCode.slice(0, 4)} ${secretCode.slice(4)}`).count()).toBe(1);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expectPage(page, 'You are signed in');
      expect(page.url()).toBe(`${site.url}/account/sign-in`);
      expect((await context.cookies()).map(({ name }) => name)).toEqual([expect.stringMatching(/^__Host-latchkey-refresh/)]);
      await page.getByRole('link', { name: 'Back to app.brand.test' }).click();
      await page.waitForURL(APP);
    });

    it('has the code alone for an app that could not go on here', async () => {
      const page = await followMail(context, site, await asked(), 'Open the page');
      await expectPage(page, 'Sign in');
      expect(await page.getByRole('button').count()).toBe(0);
    });
  });
});
