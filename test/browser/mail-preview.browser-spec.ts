import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Chromium, DESKTOP, VISITORS } from './support/chromium.js';
import { equip, expectFaultless } from './support/inspection.js';
import { type Site, startSite } from './support/site.js';

const BACKGROUND = { light: 'rgb(243, 244, 247)', dark: 'rgb(15, 17, 21)' };

describe('the page with every mail', () => {
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

  it.each(VISITORS)('is found from the mailbox, and leads to any mail in any language, $name', async (visitor) => {
    context = await chromium.visit(visitor);
    page = await context.newPage();
    await page.goto(`${site.url}/dev/mail`);
    await page.getByRole('link', { name: 'Every mail there is' }).click();
    await page.getByLabel('Language').selectOption('ar');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('link', { name: 'confirm-email' }).click();
    expect(await page.getByRole('heading', { level: 1 }).getAttribute('dir')).toBe('rtl');
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('heading', { level: 1, name: /bestätigen/i }).waitFor();
    await page.getByRole('link', { name: 'Text', exact: true }).click();
    await page.locator('pre[lang=de]').waitFor();
    expect(await chromium.leave()).toEqual([]);
  });

  describe('shows', () => {
    beforeEach(async () => {
      context = await equip(await chromium.visit());
      page = await context.newPage();
      return async () => {
        expect(await chromium.leave()).toEqual([]);
      };
    });

    it.each(['light', 'dark'] as const)('a mail as on a %s screen', async (view) => {
      // Not emulated: that would be the same in all frames.
      page = await (await chromium.visit({ ...DESKTOP, colorScheme: null })).newPage();
      await page.goto(`${site.url}/dev/mail/preview?mail=confirm-email&view=${view}`);
      const body = page.frameLocator('iframe').locator('body');
      expect(await body.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe(BACKGROUND[view]);
    });

    it.each([
      ['the list', ''],
      ['a mail in English', '?mail=reset-delayed'],
      ['a dark mail in Arabic', '?locale=ar&mail=authenticator-added&view=dark'],
      ['a text in Japanese', '?locale=ja&mail=confirm-email&view=text'],
      ['a text message in Arabic', '?locale=ar&mail=sms.code-sign-in'],
    ])('%s so that everybody can read it', async (name, query) => {
      await page.goto(`${site.url}/dev/mail/preview${query}`);
      await expectFaultless(page, `preview, ${name}`);
    });
  });
});
