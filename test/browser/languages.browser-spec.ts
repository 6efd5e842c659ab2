import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MailKind } from '../../src/common/declared.js';
import type { Locale } from '../../src/languages/locales.js';
import { freshEmail, register } from '../support/accounts.js';
import { DeletionFlow } from '../support/account-deletion.js';
import { ResetFlow } from '../support/password-reset.js';
import { LANGUAGES, SAMPLES, TEMPLATES } from '../support/written-mails.js';
import { Chromium } from './support/chromium.js';
import { EmailChange } from './support/email-change.js';
import { equip, expectFaultless } from './support/inspection.js';
import { type Site, startSite } from './support/site.js';

/** Long words; from right to left; no spaces between words; marks above and below the letters; Cyrillic. */
const LOOKED_AT = ['de', 'ar', 'ja', 'hi', 'uk'] as const satisfies readonly Locale[];

/** Between them they have every part that mails are made of. */
const MAILS = ['confirm-email', 'reset-delayed', 'authenticator-added', 'password-locked'] as const satisfies readonly MailKind[];

/** The program that shows a mail has the landmarks. */
const IN_A_PROGRAM = { rules: { region: { enabled: false }, 'landmark-one-main': { enabled: false } } };

describe('pages and mails in other languages', () => {
  let site: Site;
  let chromium: Chromium;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([startSite(), Chromium.launch()]);
  });
  afterAll(async () => {
    await chromium?.quit();
    await site?.stop();
  });

  describe.each(LOOKED_AT)('%s', (locale) => {
    beforeEach(async () => {
      context = await equip(await chromium.visit());
      await context.setExtraHTTPHeaders({ 'accept-language': `${locale},en;q=0.5` });
      page = await context.newPage();
      return async () => {
        expect(await chromium.leave()).toEqual([]);
      };
    });
    const expectShown = async (name: string): Promise<void> => {
      expect(await page.locator('html').getAttribute('lang')).toBe(locale);
      expect(await page.locator('html').getAttribute('dir')).toBe(locale === 'ar' ? 'rtl' : 'ltr');
      await expectFaultless(page, `${locale} ${name}`);
    };

    it('the page that confirms an address, with everything open', async () => {
      const email = freshEmail();
      await register(site.app, { email });
      const { token } = await site.app.mailbox.newest(email);
      await page.goto(`${site.url}/account/confirm-email?token=${token}`);
      await page.locator('summary').click();
      await expectShown('confirm');
    });

    it('the page for a new password, and what is wrong with one', async () => {
      const { mail } = await new ResetFlow(() => site.app).candidate({ email: freshEmail() });
      await page.goto(`${site.url}/account/reset-password?token=${mail.token}`);
      await page.locator('#newPassword').fill('passwordpassword');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      await expectShown('reset');
      const sentence = LANGUAGES.text(locale, 'rule.password.common');
      expect(await page.locator('#new-password-problem').textContent()).toBe(sentence);
    });

    it('the page that changes an address', async () => {
      const { mail } = await new EmailChange(() => site.app).asked();
      await page.goto(`${site.url}/account/confirm-new-email?token=${mail.token}`);
      await expectShown('new address');
    });

    it('the page that deletes an account', async () => {
      const { mail } = await new DeletionFlow(() => site.app).asked();
      await page.goto(`${site.url}/account/delete-account?token=${mail.token}`);
      await expectShown('delete');
    });

    it('a page that failed', async () => {
      await page.goto(`${site.url}/account/reset-password?token=x`);
      await expectShown('failure');
    });

    it.each(MAILS)('the mail %s', async (kind) => {
      await page.goto('about:blank');
      await page.setContent(TEMPLATES.render(kind, SAMPLES.sample(kind, locale)).html);
      expect(await page.locator('html').getAttribute('lang')).toBe(locale);
      await expectFaultless(page, `${locale} mail ${kind}`, IN_A_PROGRAM);
    });
  });
});
