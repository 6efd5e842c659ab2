import { CATALOGUE } from '../../src/capabilities.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Settings } from '../../src/config/settings.js';
import { Languages } from '../../src/languages/languages.service.js';
import { PageRenderer } from '../../src/look/page-renderer.js';
import { Chromium } from './support/chromium.js';
import { equip, expectFaultless } from './support/inspection.js';
import { startSite } from './support/site.js';

const LOGO = 'https://cdn.brand.test/logo.svg';
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40"><rect width="120" height="40" fill="#0a7"/></svg>';

const LONG_NAME = 'A rather long name of a product, as long as there may be one';

describe("an installation's own look", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await Chromium.launch();
  });
  afterAll(() => chromium?.quit());

  it.each(['#ffd400', '#000000', '#ffffff', '#808080', '#e0115f'])('can be read with the colour %s', async (BRAND_COLOR) => {
    const settings = { APP_NAME: LONG_NAME, BRAND_COLOR } as Settings;
    const renderer = new PageRenderer(settings, CATALOGUE, new Languages(settings));
    const problem = 'Use at least 15 characters.';
    const view = {
      address: 'ada@example.com',
      action: '/account/reset-password',
      token: 'x',
      minPasswordLength: 15,
      problems: [{ field: 'newPassword', detail: problem }],
      newPasswordProblem: problem,
      needsFactor: true,
      factorProblem: problem,
      waitAction: '/account/reset-password/wait',
      wait: '24 hours',
    };
    const { html } = renderer.render('reset-password', view, 'en');
    const page = await (await equip(await chromium.visit())).newPage();
    await page.goto('about:blank');
    await page.setContent(html);
    await expectFaultless(page, `brand ${BRAND_COLOR}`);
    await page.getByRole('button').hover();
    await expectFaultless(page, `brand ${BRAND_COLOR}, pointed at`);
    expect(await chromium.leave()).toEqual([]);
  });

  const DATA = `data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`;
  it.each([
    ['its origin', LOGO],
    ['the page itself', DATA],
  ])('takes the logo from %s, and no image from elsewhere', async (_, BRAND_LOGO_URL) => {
    const site = await startSite({ BRAND_LOGO_URL, APP_NAME: 'Acme' });
    try {
      const context = await equip(await chromium.visit());
      await context.route(/^https:/, (route) => route.fulfill({ contentType: 'image/svg+xml', body: SVG }));
      const page = await context.newPage();
      await page.goto(`${site.url}/account/reset-password?token=x`);
      expect(await page.evaluate("document.querySelector('img[alt=Acme]').naturalWidth")).toBe(120);
      await expectFaultless(page, `logo from ${BRAND_LOGO_URL.slice(0, 5)}`);
      const elsewhere = `new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('shown');
        image.onerror = () => resolve('refused');
        image.src = 'https://elsewhere.brand.test/logo.svg';
      })`;
      expect(await page.evaluate(elsewhere)).toBe('refused');
      expect(await chromium.leave()).toEqual([expect.stringContaining('img-src')]);
    } finally {
      await chromium.closeWindows();
      await site.stop();
    }
  });
});
