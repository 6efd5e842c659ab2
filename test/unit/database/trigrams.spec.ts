import { describe, expect, it } from 'vitest';
import { hasTrigram, toTrigramText } from '../../../src/database/trigrams.js';

describe('text for trigrams', () => {
  it('is ASCII, and leaves ASCII unchanged', () => {
    expect(toTrigramText("o'brien, 100%\n")).toBe("o'brien, 100%\n");
    expect(toTrigramText('über 東京 😀')).toMatch(/^[ -~]+$/);
  });

  it('contains exactly the same substrings as before', () => {
    const letters = ['a', 'ü', 'ч', 'ӱ', '東', '京', '😀', '\u0301', '\u{10FFFF}', ' '];
    const texts = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
    const wrong: string[] = [];
    for (const text of texts.filter((_, index) => index % 7 === 0)) {
      for (const part of [...letters, ...texts.map((each) => [...each].slice(1).join(''))]) {
        if (toTrigramText(text).includes(toTrigramText(part)) !== text.includes(part)) wrong.push(`${part} in ${text}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is searchable if it has three consecutive letters or digits', () => {
    expect(['abc', 'x 123', 'чех', '東京大', "o'bri"].map(hasTrigram)).toEqual([true, true, true, true, true]);
    expect(['', 'ab', 'a b c', '%%%', '1-2-3', '...', 'o_o'].map(hasTrigram)).toEqual(Array.from({ length: 7 }, () => false));
  });
});
