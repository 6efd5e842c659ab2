import { describe, expect, it } from 'vitest';
import { segmentsOf } from '../../../src/languages/segments.js';

describe('the parts of a text message', () => {
  it.each([
    ['nothing', '', 1],
    ['160 characters of GSM', 'ä'.repeat(160), 1],
    ['161 characters of GSM', 'ä'.repeat(161), 2],
    ['306 characters of GSM', 'a'.repeat(306), 2],
    ['307 characters of GSM', 'a'.repeat(307), 3],
    ['80 characters that take two', '€'.repeat(80), 1],
    ['81 characters that take two', '€'.repeat(81), 2],
    ['70 characters in UTF-16', 'ł'.repeat(70), 1],
    ['71 characters of which GSM lacks one', `ł${'a'.repeat(70)}`, 2],
    ['134 characters in UTF-16', 'я'.repeat(134), 2],
    ['135 characters in UTF-16', 'я'.repeat(135), 3],
    ['36 characters outside the first plane', '🔑'.repeat(36), 2],
  ])('are counted: %s', (_, text, segments) => {
    expect(segmentsOf(text)).toBe(segments);
  });
});
