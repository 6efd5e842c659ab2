import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, register, signIn } from '../support/accounts.js';
import { NEW_PASSWORD } from '../support/password-reset.js';
import { Chromium, VISITORS } from './support/chromium.js';
import { EmailChange } from './support/email-change.js';
import { expectFocus, expectPage } from './support/inspection.js';
import { followMail } from './support/mails.js';
import { type Site, startSite } from './support/site.js';

const APP = 'https://app.brand.test/settings?tab=mail';

describe('changing an e-mail address in a browser', () => {
  let site: Site;
  let chromium: Chromium;
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

  const change = new EmailChange(() => site.app);

  describe.each(VISITORS)('$name', (visitor) => {
    let context: BrowserContext;
    beforeEach(async () => {
      context = await chromium.visit(visitor);
    });

    it('works from the mail to the new address, and back to the app', async () => {
      await context.route(/^https:/, (route) => route.fulfill({ contentType: 'text/html', body: '<title>The app</title>' }));
      const { newEmail } = await change.asked({ returnTo: APP });
      const page = await followMail(context, site, newEmail, 'Confirm new e-mail address');
      await expectPage(page, 'Confirm your new e-mail address');
      const field = page.getByLabel('Password');
      expect(await field.getAttribute('autocomplete')).toBe('current-password');
      await field.fill('four bright birds sang');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      await expectFocus(page, '.summary');
      await page.getByRole('alert').getByRole('link').click();
      await expectFocus(page, '#password');
      await page.keyboard.type(PASSWORD);
      await page.getByRole('button', { name: 'Confirm new e-mail address' }).click();
      await expectPage(page, 'Your account has its new e-mail address');
      await signIn(site.app, newEmail);

      await page.getByRole('link', { name: 'Back to app.brand.test' }).click();
      await page.waitForURL(APP);
      expect(await page.title()).toBe('The app');
    });

    it('can be undone from the former address, with a new password', async () => {
      const { email } = await change.changed();
      const page = await followMail(context, site, email, 'This wasn’t me: undo the change');
      await expectPage(page, 'Undo the change of your e-mail address');
      const field = page.getByLabel('New password');
      expect(await field.getAttribute('autocomplete')).toBe('new-password');
      await field.fill('passwordpassword');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      await expectFocus(page, '.summary');
      await field.fill(NEW_PASSWORD);
      await page.getByRole('button', { name: 'Undo the change and set the password' }).click();
      await expectPage(page, 'Your account has its former e-mail address again');
      await signIn(site.app, email, NEW_PASSWORD);
    });

    it('can be undone at once, and the password chosen later', async () => {
      const { email, newEmail } = await change.changed();
      const page = await followMail(context, site, email, 'This wasn’t me: undo the change');
      await page.getByText('I want to choose a password later').click();
      await page.getByRole('button', { name: 'Undo the change now' }).click();
      await expectPage(page, 'Your account has its former e-mail address again');
      expect((await site.app.post('/v1/auth/login', { identifier: newEmail, password: PASSWORD })).status).toBe(401);

      const later = await followMail(context, site, email, 'Choose a new password');
      await later.getByLabel('New password').fill(NEW_PASSWORD);
      await later.keyboard.press('Enter');
      await expectPage(later, 'Your new password is set');
      await signIn(site.app, email, NEW_PASSWORD);
    });

    it('shows the way back to the app after signing up', async () => {
      const { email } = await register(site.app, { returnTo: APP });
      const page = await followMail(context, site, email, 'Confirm e-mail address');
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.keyboard.press('Enter');
      await expectPage(page, 'Your e-mail address is confirmed');
      expect(await page.getByRole('link', { name: 'Back to app.brand.test' }).getAttribute('href')).toBe(APP);
    });
  });
});
