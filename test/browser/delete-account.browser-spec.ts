import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/accounts.js';
import { Chromium, VISITORS } from './support/chromium.js';
import { DeletionFlow } from '../support/account-deletion.js';
import { expectPage } from './support/inspection.js';
import { followMail } from './support/mails.js';
import { type Site, startSite } from './support/site.js';

const APP = 'https://app.brand.test/goodbye';

describe('deleting an account in a browser', () => {
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

  const flow = new DeletionFlow(() => site.app);
  const asked = async (): Promise<{ email: string; id: string }> => {
    const user = await flow.proven();
    await flow.mailFor(user, { returnTo: APP });
    return user;
  };

  describe.each(VISITORS)('$name', (visitor) => {
    beforeEach(async () => {
      context = await chromium.visit(visitor);
    });

    it('works from the mail, by the keyboard alone, and back to the app', async () => {
      await context.route(/^https:/, (route) => route.fulfill({ contentType: 'text/html', body: '<title>The app</title>' }));
      const { email, id } = await asked();
      const page = await followMail(context, site, email, 'Go on to delete the account');
      await expectPage(page, 'Delete your account');
      expect(await page.getByText(email).count()).toBe(1);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expectPage(page, 'Your account is deleted');
      expect(page.url()).toBe(`${site.url}/account/delete-account`);
      expect(await site.app.rows('SELECT id FROM users WHERE id = $1', [id])).toEqual([]);
      expect((await site.app.post('/v1/auth/login', { identifier: email, password: PASSWORD })).status).toBe(401);

      await page.getByRole('link', { name: 'Back to app.brand.test' }).click();
      await page.waitForURL(APP);
    });

    it('keeps the account of whoever closes the page', async () => {
      const { email, id } = await asked();
      const page = await followMail(context, site, email, 'Go on to delete the account');
      await page.reload();
      await page.close();
      expect(await site.app.rows('SELECT id FROM users WHERE id = $1', [id])).toHaveLength(1);
    });
  });
});
