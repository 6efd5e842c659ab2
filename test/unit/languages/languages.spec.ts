import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { Languages } from '../../../src/languages/languages.service.js';
import type { TextKey } from '../../../src/languages/texts.js';

const KEY = 'about.device' satisfies TextKey;
const VALUES = { program: 'Firefox', system: 'Linux' };

function make(): Languages {
  return new Languages({ DEFAULT_LOCALE: 'en' });
}

describe('texts of an operator’s own', () => {
  it('stand before the shipped ones: those of the database first, then those of the folder', () => {
    const languages = make();
    languages.overlay('folder', (locale) => `folder ${locale} {program}`);
    expect(languages.text('de', KEY, VALUES)).toBe('folder de Firefox');
    languages.overlay('database', (locale, key) => (locale === 'de' && key === KEY ? 'database {system}' : null));
    expect(languages.text('de', KEY, VALUES)).toBe('database Linux');
    expect(languages.text('fr', KEY, VALUES)).toBe('folder fr Firefox');
  });

  it.each([['{program'], ['{gone}'], ['{program, date}']])('give way to the shipped one where they fail: %s', (text) => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    const languages = make();
    languages.overlay('database', () => text);
    expect(languages.text('en', KEY, VALUES)).toBe('Firefox on Linux');
    expect(languages.html('en', KEY, (words) => words, VALUES)).toBe('Firefox on Linux');
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ key: KEY, locale: 'en' }));
    logged.mockRestore();
  });

  it('are forgotten when there are very many, the one that was used last at the end', () => {
    const languages = make();
    let text = '';
    languages.overlay('database', (locale) => (locale === 'en' ? text : 'Immer {program}'));
    for (let count = 0; count < 5_000; count += 1) {
      text = `text ${count}`;
      languages.text('en', KEY, VALUES);
      languages.text('de', KEY, VALUES);
    }
    const kept = (languages as unknown as { made: Map<string, unknown> }).made;
    expect([...kept.keys()].slice(-2)).toEqual(['en text 4999', 'de Immer {program}']);
    expect(kept.size).toBe(2_000);
  });
});
