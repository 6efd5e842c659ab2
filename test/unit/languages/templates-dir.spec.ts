import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SettingsError } from '../../../src/config/load-settings.js';
import { Languages } from '../../../src/languages/languages.service.js';
import { TemplatesDir } from '../../../src/languages/templates-dir.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function make(files: Record<string, string>): { languages: Languages; templates: TemplatesDir } {
  const folder = mkdtempSync(join(tmpdir(), 'templates-'));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const templates = new TemplatesDir({ TEMPLATES_DIR: folder });
  return { templates, languages: new Languages({ DEFAULT_LOCALE: 'en' }, templates) };
}

function faultsOf(files: Record<string, string>): readonly string[] {
  const { templates } = make(files);
  try {
    templates.demandFaultless();
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
}

describe('texts of an operator', () => {
  it('go before the shipped ones, key by key and language by language', () => {
    const { languages, templates } = make({
      'texts/de.json': JSON.stringify({ 'mail.shared.greeting': 'Moin {greetingName},' }),
      'texts/en.json': JSON.stringify({ 'mail.shared.greeting-nameless': 'Hi there,' }),
      '.hidden': '',
    });
    expect(() => templates.demandFaultless()).not.toThrow();
    expect(languages.text('de', 'mail.shared.greeting', { greetingName: 'Ada' })).toBe('Moin Ada,');
    expect(languages.text('en', 'mail.shared.greeting', { greetingName: 'Ada' })).toBe('Hello Ada,');
    expect(languages.text('en', 'mail.shared.greeting-nameless')).toBe('Hi there,');
  });

  it('are given up for the shipped one when one cannot be filled', () => {
    const { languages } = make({ 'texts/en.json': JSON.stringify({ 'mail.shared.greeting': 'Hi {gretingName},' }) });
    expect(languages.text('en', 'mail.shared.greeting', { greetingName: 'Ada' })).toBe('Hello Ada,');
  });

  it.each([
    ['no.key', 'x', 'no.key: There is no text with this key.'],
    ['toString', 'x', 'toString: There is no text with this key.'],
    ['mail.shared.greeting', 7, 'mail.shared.greeting: This is no text.'],
    ['sms.code', `{code} ${'x'.repeat(306)}`, expect.stringMatching(/sms\.code: Filled in, it is as long as 3 text messages/)],
    ['mail.shared.greeting', 'Hi {', expect.stringMatching(/mail\.shared\.greeting: It is no ICU message/)],
    ['mail.shared.greeting', 'Hi {name},', 'mail.shared.greeting: The English text has no placeholder {name}: it has {greetingName}.'],
    ['mail.shared.greeting', 'Hi <i>you</i>', 'mail.shared.greeting: The only markup is <b>…</b>; <i> is none.'],
    ['mail.shared.greeting', 'Hi\u202E {greetingName}', expect.stringMatching(/mail\.shared\.greeting: /)],
    ['sms.code', 'Your code for {appName}', 'sms.code: Show the {code}.'],
  ])('are refused with their key: %s %s', (key, text, problem) => {
    const [fault, ...others] = faultsOf({ 'texts/fr.json': JSON.stringify({ [key]: text }) });
    expect(others).toEqual([]);
    expect(fault).toMatch(/^TEMPLATES_DIR: texts\/fr\.json /);
    expect(fault?.replace('TEMPLATES_DIR: texts/fr.json ', '')).toEqual(problem);
  });

  it('are refused with their file, and every fault is named at once', () => {
    expect(faultsOf({ 'texts/en.json': '{', 'texts/tlh.json': '{}', 'texts/de.json': '[]', 'mail/x.hbs': '', 'README.md': '' })).toEqual([
      'TEMPLATES_DIR: README.md is none of the folders mails, pages, texts',
      'TEMPLATES_DIR: mail is none of the folders mails, pages, texts',
      'TEMPLATES_DIR: texts/tlh.json stands for nothing that Latchkey has',
      'TEMPLATES_DIR: texts/de.json is no JSON object of texts by key',
      expect.stringMatching(/^TEMPLATES_DIR: texts\/en\.json is no JSON: /),
    ]);
  });
});
