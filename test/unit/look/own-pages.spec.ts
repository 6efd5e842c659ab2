import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CATALOGUE } from '../../../src/capabilities.js';
import type { Settings } from '../../../src/config/settings.js';
import { Languages } from '../../../src/languages/languages.service.js';
import { TemplatesDir } from '../../../src/languages/templates-dir.js';
import { PageRenderer } from '../../../src/look/page-renderer.js';

const SETTINGS = { APP_NAME: 'Books & Co', BRAND_COLOR: '#3346d3', DEFAULT_LOCALE: 'en' } as Settings;
const VIEW = { address: 'ada@example.com', returnLink: null };

describe('pages of TEMPLATES_DIR', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-pages-'));
    mkdirSync(join(folder, 'pages'));
    return () => rmSync(folder, { recursive: true });
  });
  afterEach(() => vi.restoreAllMocks());

  const put = (name: string, source: string): void => writeFileSync(join(folder, 'pages', name), source);
  const start = (): PageRenderer => {
    const dir = new TemplatesDir({ TEMPLATES_DIR: folder });
    const languages = new Languages(SETTINGS, dir);
    const renderer = new PageRenderer(SETTINGS, CATALOGUE, languages, dir);
    dir.demandFaultless();
    return renderer;
  };

  it('stand in the place of the shipped ones, inside their layout', () => {
    put(
      'new-email-confirmed.hbs',
      '{{#> layout}}{{#*inline "body"}}<h1>{{t "page.new-email-confirmed.title"}}</h1>Ours: {{address}}{{/inline}}{{/layout}}',
    );
    const renderer = start();
    const { html, headers } = renderer.render('new-email-confirmed', { ...VIEW, address: '<i>' }, 'de');
    expect(html).toContain('<html lang="de" dir="ltr">');
    expect(html).toContain('Ours: &lt;i&gt;');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(renderer.render('reset-stopped', { address: 'x' }, 'en').html).not.toContain('Ours');
  });

  it('may be copies of the shipped ones', () => {
    for (const { name, folder: room } of CATALOGUE.pages.values())
      cpSync(join(room, 'pages', `${name}.hbs`), join(folder, 'pages', `${name}.hbs`));
    const shipped = new PageRenderer(SETTINGS, CATALOGUE, new Languages(SETTINGS)).render('new-email-confirmed', VIEW, 'ar');
    expect(start().render('new-email-confirmed', VIEW, 'ar').html).toBe(shipped.html);
  });

  it('replace parts of all pages', () => {
    put('done.hbs', '<p>Ours</p>');
    expect(start().render('new-email-confirmed', VIEW, 'en').html).toContain('<p>Ours</p>');
  });

  it.each([
    ['unknown.hbs', 'x', 'pages/unknown.hbs stands for nothing that Latchkey has'],
    ['failure.hbs', '{{#if', 'pages/failure.hbs is no template'],
    ['failure.hbs', '{{shout "x"}}', 'pages/failure.hbs is no template'],
    ['failure.hbs', '{{t "page.failure.gone"}}', 'pages/failure.hbs uses on line 1 a text that there is not: page.failure.gone'],
    ['failure.hbs', '{{{title}}}', 'pages/failure.hbs has {{{…}}} or {{&…}} on line 1, which escapes nothing'],
    ['reset-password.hbs', '<form action="{{action}}">', 'pages/reset-password.hbs does not use {{token}}'],
  ])('stop the start when they are wrong: %s with %s', (name, source, problem) => {
    put(name, source);
    expect(start).toThrow(problem);
  });

  it('give way to the shipped one when they fail, which is logged', () => {
    const log = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    put('new-email-confirmed.hbs', '{{nothing}}');
    const shipped = new PageRenderer(SETTINGS, CATALOGUE, new Languages(SETTINGS)).render('new-email-confirmed', VIEW, 'en');
    expect(start().render('new-email-confirmed', VIEW, 'en').html).toBe(shipped.html);
    expect(log).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ page: 'new-email-confirmed', reason: expect.stringContaining('nothing') }),
    );
  });
});
