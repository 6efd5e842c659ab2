import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lookOf } from '../../src/look/mail-look.js';
import type { MailKind } from '../../src/common/declared.js';
import { CATALOGUE } from '../../src/capabilities.js';
import { LOOK, TEMPLATES, contextOf } from '../support/written-mails.js';
import { Chromium } from './support/chromium.js';
import { equip, expectFaultless } from './support/inspection.js';

/** The program that shows a mail has the landmarks. */
const RULES = { rules: { region: { enabled: false }, 'landmark-one-main': { enabled: false } } };

const PALE = 'ffd400';
const COLORS = { standard: '3346d3', pale: PALE, dark: '000000' };

/** Every mail as a program shows it that knows HTML and media queries. */
describe('each mail can be read by everybody', () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await Chromium.launch();
  });
  afterEach(async () => {
    expect(await chromium.leave()).toEqual([]);
  });
  afterAll(() => chromium?.quit());

  const render = (kind: MailKind, color: string): string => {
    const { html } = TEMPLATES.render(
      kind,
      contextOf(kind, {
        ...lookOf({ ...LOOK, BRAND_COLOR: `#${color}` }),
        greetingName: 'Maximiliana',
        link: `https://accounts.example.com/account/confirm-email?token=${'AZqfPmwbfD6m0F8Pbzs'.repeat(3)}`,
        ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
        about: 'the passkey “the laptop in the workshop”',
      }),
    );
    return html;
  };

  it.each([...CATALOGUE.mails.keys()])('%s', async (kind) => {
    const page = await (await equip(await chromium.visit())).newPage();
    await page.goto('about:blank');
    await page.setContent(render(kind, COLORS.standard));
    await expectFaultless(page, `mail ${kind}`, RULES);
  });

  it.each(Object.entries(COLORS))('with a colour that is %s', async (name, color) => {
    const page = await (await equip(await chromium.visit())).newPage();
    await page.setContent(render('confirm-email', color));
    await expectFaultless(page, `mail in ${name}`, RULES);
  });
});
