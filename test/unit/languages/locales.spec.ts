import { describe, expect, it } from 'vitest';
import { LOCALES, localeFor, negotiate } from '../../../src/languages/locales.js';

describe('the locale for a tag', () => {
  it.each([
    ['en', 'en'],
    ['de-CH', 'de'],
    ['DE_ch'.replace('_', '-'), 'de'],
    ['pt', 'pt-BR'],
    ['pt-PT', 'pt-BR'],
    ['zh', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['zh-Hans-SG', 'zh-Hans'],
    ['zh-TW', null],
    ['sr', null],
    ['ar-EG', 'ar'],
    ['', null],
    ['no tag', null],
    [null, null],
  ])('%s is %s', (tag, locale) => {
    expect(localeFor(tag)).toBe(locale);
  });

  it('is each one itself', () => {
    for (const locale of Object.keys(LOCALES)) expect(localeFor(locale)).toBe(locale);
  });
});

describe('what a browser asks for', () => {
  it.each([
    ['de-AT,de;q=0.9,en;q=0.5', 'de'],
    ['en;q=0.5, fr;q=0.9', 'fr'],
    ['sr, hr;q=0.9, it;q=0.1', 'it'],
    ['sr', null],
    ['*', null],
    ['de;q=0, nl', 'nl'],
    ['', null],
    ['\u0000,;;q=x', null],
    [`de,${'x'.repeat(300)}`, null],
    [undefined, null],
  ])('%s: %s', (header, locale) => {
    expect(negotiate(header)).toBe(locale);
  });
});
