import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, signIn, signedIn } from '../support/accounts.js';
import { NEW_PASSWORD, ResetFlow } from '../support/password-reset.js';
import { Chromium, VISITORS } from './support/chromium.js';
import { expectFocus, expectPage } from './support/inspection.js';
import { followMail } from './support/mails.js';
import { type Site, startSite } from './support/site.js';

const LINK = 'Choose a new password';

describe('resetting a password in a browser', () => {
  let site: Site;
  let chromium: Chromium;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([startSite(), Chromium.launch()]);
  });
  afterAll(async () => {
    await chromium?.quit();
    await site?.stop();
  });
  afterEach(async () => {
    expect(await chromium.leave()).toEqual([]);
  });

  const flow = new ResetFlow(() => site.app);

  describe.each(VISITORS)('$name', (visitor) => {
    let context: BrowserContext;
    beforeEach(async () => {
      context = await chromium.visit(visitor);
    });

    it('works from the mail to signing in', async () => {
      const user = await signedIn(site.app);
      await flow.mailFor(user.email);
      const page = await followMail(context, site, user.email, LINK);
      expect(await page.title()).toBe('Choose a new password – Latchkey');
      expect(await page.getByText(user.email).isVisible()).toBe(true);
      const field = page.getByLabel('New password');
      expect(await field.getAttribute('autocomplete')).toBe('new-password');
      expect(await page.locator('input[autocomplete=username]').inputValue()).toBe(user.email);

      await field.fill(NEW_PASSWORD);
      await page.getByRole('button', { name: 'Set new password' }).click();
      await expectPage(page, 'Your new password is set');
      expect(page.url()).toBe(`${site.url}/account/reset-password`);
      expect((await site.app.get('/v1/users/me', { token: user.accessToken })).status).toBe(401);
      expect((await site.app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD })).status).toBe(401);
      await signIn(site.app, user.email, NEW_PASSWORD);
    });

    it('says what is wrong with a password, and takes the reader to it', async () => {
      const { email } = await flow.candidate();
      const page = await followMail(context, site, email, LINK);
      // Long enough for the browser, refused by the server.
      await page.getByLabel('New password').fill('passwordpassword');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      await expectFocus(page, '.summary');
      await page.getByRole('alert').getByRole('link').press('Enter');
      await expectFocus(page, '#newPassword');
      await page.keyboard.type(NEW_PASSWORD);
      await page.keyboard.press('Enter');
      await expectPage(page, 'Your new password is set');
      await signIn(site.app, email, NEW_PASSWORD);
    });

    it('does not send what is too short to be a password', async () => {
      const { email } = await flow.candidate();
      const page = await followMail(context, site, email, LINK);
      const before = page.url();
      await page.getByLabel('New password').pressSequentially('short');
      await page.getByRole('button', { name: 'Set new password' }).click();
      expect(await page.locator('#newPassword:invalid').count()).toBe(1);
      expect(page.url()).toBe(before);
    });

    it('explains links that were used and links that are too old', async () => {
      const { email, mail } = await flow.candidate();
      const page = await followMail(context, site, email, LINK);
      const link = page.url();
      await site.app.rows(
        "UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email_key = $1)",
        [email],
      );
      await page.getByLabel('New password').fill(NEW_PASSWORD);
      await page.keyboard.press('Enter');
      await expectPage(page, 'This link has expired');

      await flow.forgot(email);
      const newer = await site.app.mailbox.newest(email, mail);
      await flow.reset({ token: newer.token });
      await page.goto(link);
      await expectPage(page, 'This link does not work any more');
    });
  });
});
