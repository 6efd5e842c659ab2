import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HandlebarsAdapter } from '../../src/mail/handlebars.adapter.js';
import { lookOf } from '../../src/look/mail-look.js';
import type { MailKind } from '../../src/common/declared.js';
import { CATALOGUE } from '../../src/capabilities.js';
import { Chromium } from './support/chromium.js';
import { equip, expectFaultless } from './support/inspection.js';

/** The program that shows a mail has the landmarks. */
const RULES = { rules: { region: { enabled: false }, 'landmark-one-main': { enabled: false } } };

const PALE = 'ffd400';
const COLORS = { standard: '3346d3', pale: PALE, dark: '000000' };

const adapter = new HandlebarsAdapter(CATALOGUE);

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
    const look = lookOf({
      APP_NAME: 'Latchkey',
      BRAND_COLOR: `#${color}`,
      BRAND_LOGO_URL: undefined,
      PUBLIC_URL: 'https://accounts.example.com',
    });
    const { html } = adapter.render(kind, {
      ...look,
      subject: String(CATALOGUE.mails.get(kind)?.subject(look)),
      greetingName: 'Maximiliana',
      code: '048213',
      link: `https://accounts.example.com/account/confirm-email?token=${'AZqfPmwbfD6m0F8Pbzs'.repeat(3)}`,
      lifetime: '30 minutes',
      when: '1 March 2026 at 09:30 UTC',
      device: 'Chrome on macOS',
      ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
      about: 'the passkey “the laptop in the workshop”',
    });
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
