import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/capabilities.js';
import type { ErrorCode, FieldRule } from '../../../src/common/declared.js';
import { ENGLISH_ONLY } from '../../../src/languages/english-only.js';
import { Languages } from '../../../src/languages/languages.service.js';
import { ProblemTexts } from '../../../src/languages/problem-texts.js';

const SOURCE = join(import.meta.dirname, '../../../src');

/** Pages for developers: they are in English, like the documentation. */
const FOR_DEVELOPERS = ['start.hbs', 'mailbox.hbs', 'mail-preview.hbs'];

/** Keys of other faces than pages and failures; tests of their own look at them. */
const OF_OTHERS = /^(?:mail|sms|about)\./;

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
const read = (file: string): string => readFileSync(join(SOURCE, file), 'utf8');
const templates = files
  .filter((file) => /(?:^|\/)pages\/[^/]+\.hbs$/.test(file) || file.startsWith('look/templates/'))
  .filter((file) => file.endsWith('.hbs') && !FOR_DEVELOPERS.some((name) => file.endsWith(`/${name}`)));
const code = files.filter((file) => file.endsWith('.ts')).map(read);

const languages = new Languages({ DEFAULT_LOCALE: 'en' });
const texts = new ProblemTexts(languages);
const ENGLISH = JSON.parse(read('languages/catalogues/en.json')) as Record<string, string>;

/** What readers see of a template that no catalogue has: words between tags, and in attributes that are read out or shown. */
function wordsOf(template: string): string[] {
  const attributes = [...template.matchAll(/\s(?:alt|title|placeholder|aria-label|value)="([^"]*)"/g)].map(([, value]) => String(value));
  const between = template.replaceAll(/<(?:style|svg)[^]*?<\/(?:style|svg)>/g, '').replaceAll(/<!?\/?[a-z][^>]*>/gi, '\n');
  return [between, ...attributes]
    .flatMap((text) => text.replaceAll(/\{\{[^}]*\}\}/g, ' ').split('\n'))
    .map((text) => text.trim())
    .filter((text) => /\p{L}/u.test(text));
}

describe('pages', () => {
  it('are all looked at', () => {
    expect(templates.length).toBeGreaterThan(20);
  });

  it.each(templates)('%s has no text of its own', (file) => {
    expect(wordsOf(read(file))).toEqual([]);
  });

  it('finds texts of their own', () => {
    expect(wordsOf('<p>{{t "x"}} Hello</p><img alt="a logo">')).toEqual(['Hello', 'a logo']);
  });

  it('takes no text with markup into an attribute', () => {
    for (const file of templates) expect([file, /="[^"]*\{\{t /.exec(read(file))]).toEqual([file, null]);
  });

  it('have a title, unless they say it themselves', () => {
    const own = ['start', 'failure'];
    for (const name of CATALOGUE.pages.keys()) {
      expect([name, Object.hasOwn(ENGLISH, `page.${name}.title`) || own.includes(name)]).toEqual([name, true]);
    }
  });
});

describe('keys of the catalogue', () => {
  const inTemplates = templates.flatMap((file) => [...read(file).matchAll(/\{\{t "([^"]+)"/g)].map(([, key]) => String(key)));
  const titles = [...CATALOGUE.pages.keys()].map((name) => `page.${name}.title`);
  const ofCodes = Object.keys(CATALOGUE.errors).map((name) => texts.keyOf(name as ErrorCode));
  const ofRules = Object.keys(CATALOGUE.rules).map((name) => texts.keyOfRule(name as FieldRule));

  it('that templates use are there', () => {
    expect(inTemplates.filter((key) => !Object.hasOwn(ENGLISH, key))).toEqual([]);
  });

  it('are all used', () => {
    const used = new Set<string | null>([...inTemplates, ...titles, ...ofCodes, ...ofRules]);
    const unused = Object.keys(ENGLISH).filter((key) => !OF_OTHERS.test(key) && !used.has(key));
    expect(unused.filter((key) => !code.some((file) => file.includes(`'${key}'`)))).toEqual([]);
  });
});

describe('failures and rules', () => {
  const only = ENGLISH_ONLY.flatMap(({ codes = [], rules = [] }) => [...codes, ...rules.map((rule) => `rule ${rule}`)]);

  it('are either in the catalogue or among those that stay English, and those with a reason', () => {
    expect(only.toSorted()).toEqual([...new Set(only)].toSorted());
    for (const { why } of ENGLISH_ONLY) expect(why).toMatch(/^[A-Z].{20,}\.$/);
    for (const each of Object.keys(CATALOGUE.errors) as ErrorCode[]) {
      expect([each, only.includes(each)]).toEqual([each, texts.keyOf(each) === null]);
    }
    for (const each of Object.keys(CATALOGUE.rules) as FieldRule[]) {
      const key = texts.keyOfRule(each);
      expect([each, only.includes(`rule ${each}`)]).toEqual([each, key === null]);
    }
  });

  it('of which every one that stays English exists', () => {
    const known = new Set([...Object.keys(CATALOGUE.errors), ...Object.keys(CATALOGUE.rules).map((rule) => `rule ${rule}`)]);
    expect(only.filter((name) => !known.has(name))).toEqual([]);
  });
});
