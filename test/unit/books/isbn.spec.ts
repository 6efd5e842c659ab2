import { describe, expect, it } from 'vitest';
import { readIsbn } from '../../../src/books/isbn.js';

describe('an ISBN', () => {
  it.each([
    // Example from the International ISBN Agency's users' manual, 7th edition.
    ['978-92-95055-12-4', '9789295055124'],
    ['9789295055124', '9789295055124'],
    ['978 92 95055 12 4', '9789295055124'],
    [' 978\u201092\u201195055\u201212\u20134 ', '9789295055124'],
    ['0-306-40615-2', '9780306406157'],
    ['0306406152', '9780306406157'],
    ['080442957X', '9780804429573'],
    ['0-8044-2957-x', '9780804429573'],
    ['0-19-852663-6', '9780198526636'],
    ['0000000000', '9780000000002'],
    ['979-10-90636-07-1', '9791090636071'],
  ])('%j is kept as %s', (written, isbn) => {
    expect(readIsbn(written)).toBe(isbn);
  });

  it('is valid with exactly one check digit', () => {
    const tens = [...'0123456789X'].map((last) => `030640615${last}`).filter((written) => readIsbn(written) !== null);
    expect(tens).toEqual(['0306406152']);
    const thirteens = [...'0123456789'].map((last) => `978030640615${last}`).filter((written) => readIsbn(written) !== null);
    expect(thirteens).toEqual(['9780306406157']);
  });

  it('is invalid with two different neighbouring digits swapped', () => {
    const digits = '0306406152';
    for (let i = 0; i < 9; i += 1) {
      const swapped = digits.slice(0, i) + digits.charAt(i + 1) + digits.charAt(i) + digits.slice(i + 2);
      expect(readIsbn(swapped)).toBe(swapped === digits ? '9780306406157' : null);
    }
  });

  it.each([
    '',
    '-',
    'X',
    '978030640615X',
    '97803064061570',
    '030640615',
    '03064061522',
    'X306406152',
    '0306X06152',
    // 979-0 is printed music, 977 is a periodical, 123 is neither.
    '9790060115615',
    '9771144875007',
    '1234567890128',
    '٩٧٨٠٣٠٦٤٠٦١٥٧',
    '９７８０３０６４０６１５７',
    '9780306406157\u0000',
    'ISBN 9780306406157',
    '-'.repeat(50_000),
    `${' '.repeat(50_000)}9780306406157`,
  ])('%j is none', (written) => {
    expect(readIsbn(written)).toBeNull();
  });
});
