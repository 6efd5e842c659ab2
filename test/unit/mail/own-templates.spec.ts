import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CATALOGUE, SETTINGS } from '../../../src/capabilities.js';
import { loadSettings } from '../../../src/config/load-settings.js';
import { Languages } from '../../../src/languages/languages.service.js';
import { TemplatesDir } from '../../../src/languages/templates-dir.js';
import { HandlebarsAdapter } from '../../../src/mail/handlebars.adapter.js';
import { MailSamples } from '../../../src/mail/writing/mail-samples.js';
import { MailWriter } from '../../../src/mail/writing/mail-writer.js';
import { readOwnTemplates } from '../../../src/mail/writing/own-templates.js';

const MAIL = '{{#> layout preview="Soon" reason="Why"}}Ours: {{link}}{{/layout}}';

describe('mails of TEMPLATES_DIR', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-mails-'));
    mkdirSync(join(folder, 'mails'));
    mkdirSync(join(folder, 'texts'));
    return () => rmSync(folder, { recursive: true });
  });
  afterEach(() => vi.restoreAllMocks());

  const put = (path: string, content: string): void => writeFileSync(join(folder, path), content);
  const start = (own = folder) => {
    const settings = loadSettings(SETTINGS, { APP_SECRET: 'x'.repeat(64), TEMPLATES_DIR: own });
    const dir = new TemplatesDir(settings);
    const languages = new Languages(settings, dir);
    const samples = new MailSamples(CATALOGUE, new MailWriter(languages, settings), 'https://accounts.example.com');
    const mails = new HandlebarsAdapter(CATALOGUE, languages, readOwnTemplates(dir, CATALOGUE, languages, samples));
    dir.demandFaultless();
    return { mails, samples };
  };

  it('stand in the place of the shipped ones, as HTML and as plain text', () => {
    put('mails/reset-password.hbs', MAIL);
    const { mails, samples } = start();
    const context = samples.sample('reset-password', 'de');
    const { html, text } = mails.render('reset-password', context);
    expect(html).toContain('<html lang="de"');
    expect(html).toContain('Ours: https://accounts.example.com/');
    expect(text).toContain(`Ours:\n${context.link}`);
    expect(mails.render('confirm-email', samples.sample('confirm-email', 'de')).text).not.toContain('Ours');
  });

  it('may be copies of the shipped ones', () => {
    for (const [kind, { folder: room }] of CATALOGUE.mails)
      cpSync(join(room, 'mails', `${kind}.hbs`), join(folder, 'mails', `${kind}.hbs`));
    const [own, shipped] = [start(), start(mkdtempSync(join(folder, 'texts', '.none-')))];
    for (const kind of own.samples.kinds) {
      const context = own.samples.sample(kind, 'ar');
      expect(own.mails.render(kind, context)).toEqual(shipped.mails.render(kind, context));
    }
  });

  it('take texts of a language, and leave the others', () => {
    put('texts/de.json', JSON.stringify({ 'mail.reset-password.subject': 'Neu: {appName}' }));
    const { samples } = start();
    expect(samples.sample('reset-password', 'de-CH').subject).toBe('Neu: Latchkey');
    expect(samples.sample('reset-password', 'en').subject).not.toContain('Neu');
  });

  it.each([
    ['mails/unknown.hbs', 'x', 'mails/unknown.hbs stands for nothing that Latchkey has'],
    ['mails/reset-password.hbs', '{{#if', 'mails/reset-password.hbs is no template'],
    ['mails/reset-password.hbs', MAIL.replace('{{link}}', 'there'), 'mails/reset-password.hbs shows neither the link nor the code'],
    ['mails/reset-password.hbs', MAIL.replace('Ours', '{{nothing}}'), 'mails/reset-password.hbs cannot be shown in reset-password'],
    ['mails/reset-password.hbs', MAIL.replace('Ours', '{{{about}}}'), 'mails/reset-password.hbs has {{{…}}}'],
    ['mails/reset-password.hbs', MAIL.replace('Ours', '{{t "mail.gone"}}'), 'a text that there is not: mail.gone'],
    ['mails/button.html.hbs', '{{colour}}', 'mails/button.html.hbs cannot be shown in'],
    ['texts/xx.json', '{}', 'texts/xx.json stands for nothing that Latchkey has'],
    ['texts/de.json', '{', 'texts/de.json'],
    ['texts/de.json', '{"mail.gone": "x"}', 'mail.gone'],
    ['texts/de.json', '{"mail.reset-password.subject": "{name}"}', 'mail.reset-password.subject'],
    ['texts/de.json', '{"mail.reset-password.subject": "{appName"}', 'mail.reset-password.subject'],
  ])('stop the start when they are wrong: %s with %s', (path, content, problem) => {
    put(path, content);
    expect(() => start()).toThrow(problem);
  });

  it('are told of all at once', () => {
    put('mails/unknown.hbs', 'x');
    put('texts/de.json', '{"mail.gone": "x"}');
    expect(() => start()).toThrow(/unknown\.hbs[^]*mail\.gone|mail\.gone[^]*unknown\.hbs/);
  });

  it('give way to the shipped one when they fail with what a real mail has, which is logged', () => {
    const log = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    put('mails/reset-password.hbs', MAIL.replace('Ours:', '{{#if ip}}Ours{{else}}{{nothing}}{{/if}}'));
    const { mails, samples } = start();
    const { html } = mails.render('reset-password', { ...samples.sample('reset-password', 'en'), ip: null });
    expect(html).not.toContain('Ours');
    expect(html).toContain('https://accounts.example.com/');
    expect(log).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ kind: 'reset-password' }));
  });
});
