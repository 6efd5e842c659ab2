import { describe, expect, it } from 'vitest';
import { pagesIn } from '../../support/page-samples.js';

describe('every page that is shipped', () => {
  it.each(['en', 'ar'] as const)('is made in each of its states, in %s', (locale) => {
    const pages = pagesIn(locale);
    expect(pages.length).toBeGreaterThan(60);
    for (const { name, html } of pages)
      expect([name, html]).toEqual([name, expect.stringMatching(/^<!doctype html>\n<html lang="[^]*<\/html>\n?$/)]);
  });
});
