import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCALES, type Locale } from '../../src/languages/locales.js';
import { pagesIn } from '../support/page-samples.js';
import { SAMPLES, TEMPLATES } from '../support/written-mails.js';
import { Chromium } from './support/chromium.js';
import { type Shown, faultsOf } from './support/overflow.js';

/** The narrowest screen that phones have, one of today, and a wide one; pixels. */
const WIDTHS = [320, 390, 1_280];

/** Every mail, as its reader gets it who has proven the address and with the longest values, and as one who has not. */
function mailsIn(locale: Locale): Shown[] {
  return SAMPLES.kinds.flatMap((kind) => {
    const full = { ...SAMPLES.sample(kind, locale), ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348', greetingName: 'Maximiliana-Alexandrine' };
    const long = full.link === null ? full : { ...full, link: `${full.link}${'AZqfPmwbfD6m0F8Pbzs'.repeat(3)}` };
    return [long, SAMPLES.sample(kind, locale, { withLink: false })].map((context, index) => ({
      name: `mail ${kind}${index === 0 ? '' : ' without link'}`,
      html: TEMPLATES.render(kind, context).html,
    }));
  });
}

/** All documents are shown in one page, one after the other, so that hundreds of them take seconds. */
describe('nothing sticks out or is cut off', () => {
  let chromium: Chromium;
  let page: Page;
  beforeAll(async () => {
    chromium = await Chromium.launch();
    page = await (await chromium.visit()).newPage();
    await page.setContent('<!doctype html><title>x</title>');
  });
  afterAll(() => chromium?.quit());

  it.each(Object.keys(LOCALES) as Locale[])('in any page or mail in %s', async (locale) => {
    const shown = [...pagesIn(locale), ...mailsIn(locale)];
    expect(shown.length).toBeGreaterThan(100);
    const found: string[] = [];
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      found.push(...(await faultsOf(page, shown)).map((fault) => `${width} px: ${fault}`));
    }
    expect(found).toEqual([]);
    expect(chromium.complaints).toEqual([]);
  });

  it('and what does is found', async () => {
    await page.setViewportSize({ width: 320, height: 800 });
    const word = 'x'.repeat(100);
    const faults = await faultsOf(page, [
      { name: 'wide', html: `<html lang="en"><p>${word}</p></html>` },
      { name: 'cut', html: `<html lang="en"><div style="width:50px;overflow:hidden"><p>${word}</p></div></html>` },
      {
        name: 'out of its box',
        html: `<html lang="en"><button style="width:60px;white-space:nowrap">${'many words '.repeat(3)}</button></html>`,
      },
      { name: 'to the left', html: `<html lang="ar" dir="rtl"><p>${word}</p></html>` },
      { name: 'fine', html: '<html lang="en"><p>few words</p></html>' },
    ]);
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(':')))).toEqual(['wide', 'cut', 'out of its box', 'to the left']);
  });
});
