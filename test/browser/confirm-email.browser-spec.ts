import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, register, signIn, signedIn } from '../support/accounts.js';
import { NEW_PASSWORD } from '../support/password-reset.js';
import { Chromium, VISITORS } from './support/chromium.js';
import { expectFocus, expectPage } from './support/inspection.js';
import { followMail } from './support/mails.js';
import { type Site, startSite } from './support/site.js';

const LINK = 'Confirm e-mail address';

describe('confirming an e-mail address in a browser', () => {
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

  const isVerified = async (email: string): Promise<boolean> => {
    const { accessToken } = await signIn(site.app, email);
    return (await site.app.get('/v1/users/me', { token: accessToken })).body.emailVerified;
  };

  describe.each(VISITORS)('$name', (visitor) => {
    let context: BrowserContext;
    beforeEach(async () => {
      context = await chromium.visit(visitor);
    });

    it('works from the mail to the last page', async () => {
      const { email } = await register(site.app);
      const page = await followMail(context, site, email, LINK);
      expect(await page.title()).toBe('Confirm your e-mail address – Latchkey');
      expect(await page.getByText(email).isVisible()).toBe(true);

      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: 'Confirm e-mail address' }).click();
      await expectPage(page, 'Your e-mail address is confirmed');
      expect(page.url()).toBe(`${site.url}/account/confirm-email`);
      expect(await isVerified(email)).toBe(true);
    });

    it('says what is wrong with a password, and takes the reader to it', async () => {
      const { email } = await register(site.app);
      const page = await followMail(context, site, email, LINK);
      await page.getByLabel('Password', { exact: true }).fill('four bright birds sang');
      await page.keyboard.press('Enter');

      const summary = page.getByRole('alert');
      await summary.waitFor();
      expect(await page.title()).toBe('Error: Confirm your e-mail address – Latchkey');
      await expectFocus(page, '.summary');
      await summary.getByRole('link', { name: 'This is not the password of the account.' }).click();
      const password = page.getByLabel('Password', { exact: true });
      await expectFocus(page, '#password');
      expect(await password.inputValue()).toBe('');
      expect(await password.getAttribute('aria-invalid')).toBe('true');

      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
      await expectPage(page, 'Your e-mail address is confirmed');
    });

    it('gives the account of a stranger to the reader of the mail', async () => {
      const stranger = await signedIn(site.app);
      const page = await followMail(context, site, stranger.email, LINK);
      const newPassword = page.getByLabel('New password');
      expect(await newPassword.isVisible()).toBe(false);
      await page.getByText('I did not create this account').click();
      await newPassword.fill('short');
      await page.getByRole('button', { name: 'Set new password and confirm' }).click();
      // Open again, so that the field can be seen.
      await page.getByRole('alert').getByRole('link', { name: 'Use at least 15 characters.' }).click();
      await expectFocus(page, '#newPassword');
      await newPassword.fill(NEW_PASSWORD);
      await page.getByRole('button', { name: 'Set new password and confirm' }).click();
      await page.getByText('has been signed out').waitFor();
      expect((await site.app.get('/v1/users/me', { token: stranger.accessToken })).body.code).toBe('token.revoked');
      await signIn(site.app, stranger.email, NEW_PASSWORD);
    });

    it('explains a link that was used', async () => {
      const { email } = await register(site.app);
      const page = await followMail(context, site, email, LINK);
      const link = page.url();
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.keyboard.press('Enter');
      await expectPage(page, 'Your e-mail address is confirmed');
      await page.goto(link);
      await expectPage(page, 'This link does not work any more');
    });
  });

  it('can be done with the keyboard alone, and shows where one is', async () => {
    const { email } = await register(site.app);
    const context = await chromium.visit();
    const page = await followMail(context, site, email, LINK);
    const next = async (): Promise<string> => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('getComputedStyle(document.activeElement).outline')).toMatch(/ solid 3px$/);
      return page.evaluate('document.activeElement.id || document.activeElement.textContent.trim()');
    };
    expect(await next()).toBe('password');
    expect(await next()).toBe('Confirm e-mail address');
    expect(await next()).toBe('I did not create this account, or I forgot its password');
    await page.keyboard.press('Enter');
    expect(await next()).toBe('newPassword');
    await page.keyboard.type(NEW_PASSWORD);
    expect(await next()).toBe('Set new password and confirm');
    await page.keyboard.press('Space');
    await expectPage(page, 'Your e-mail address is confirmed');
    await signIn(site.app, email, NEW_PASSWORD);
  });

  it('helps password managers', async () => {
    const { email } = await register(site.app);
    const page = await followMail(await chromium.visit(), site, email, LINK);
    const hints = await page.evaluate(
      `[...document.forms].map((form) => [...form.querySelectorAll('input:not([type=hidden])')].map((input) => [input.autocomplete, input.value]))`,
    );
    expect(hints).toEqual([
      [
        ['username', email],
        ['current-password', ''],
      ],
      [
        ['username', email],
        ['new-password', ''],
      ],
    ]);
  });
});
