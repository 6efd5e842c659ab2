import { describe, expect, it } from 'vitest';
import { toPlainText } from '../../../src/mail/writing/plain-text.js';

const [FSI, PDI] = ['\u2068', '\u2069'];

describe('plain text', () => {
  it('is broken at spaces, each line with the indent of its paragraph', () => {
    const text = toPlainText(`Hello,\n    ${'words '.repeat(20)}\n\n\n\nEnd  `);
    expect(text.split('\n').map((line) => [line.length <= 78, line.startsWith('    '), line.trim() === ''])).toEqual([
      [true, false, false],
      [true, true, false],
      [true, true, false],
      [true, false, true],
      [true, false, false],
      [true, false, true],
    ]);
  });

  it('isolates a value on each line that it is broken into', () => {
    const lines = toPlainText(`${'x'.repeat(70)} ${FSI}two words${PDI}.`).split('\n');
    expect(lines).toEqual([`${'x'.repeat(70)} ${FSI}two${PDI}`, `${FSI}words${PDI}.`, '']);
  });

  it('counts no column for what cannot be seen', () => {
    expect(toPlainText(`${'x'.repeat(70)} ${FSI}1234567${PDI}`).split('\n')).toHaveLength(2);
  });
});
