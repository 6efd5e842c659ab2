import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { Text, plain, toHtml } from '../../../src/languages/texts.js';

const escape = Handlebars.escapeExpression.bind(Handlebars);

describe('a text', () => {
  const text = new Text('Hello <b>{name}</b>, {count, plural, one {# day} other {# days}} left', 'en');

  it('is plain, or HTML in which all but its emphasis is escaped', () => {
    const filled = text.fill({ name: '<i>&', count: 2 });
    expect(plain(filled)).toBe('Hello <i>&, 2 days left');
    expect(toHtml(filled, escape)).toBe('Hello <strong>&lt;i&gt;&amp;</strong>, 2 days left');
  });

  it('takes no emphasis out of values', () => {
    expect(toHtml(text.fill({ name: '\u{FDD0}x\u{FDD1}', count: 1 }), escape)).toBe('Hello <strong>x</strong>, 1 day left');
  });

  it('counts in the way of its language', () => {
    const days = new Text('{count, plural, one {# день} few {# дні} many {# днів} other {# дня}}', 'uk');
    expect([1, 2, 5].map((count) => days.fill({ count }))).toEqual(['1 день', '2 дні', '5 днів']);
  });

  it('is refused without a value, and where it is no message', () => {
    expect(() => text.fill({ name: 'x' })).toThrow(/count/);
    expect(() => new Text('{a', 'en')).toThrow(SyntaxError);
  });
});

describe('a value', () => {
  const [FSI, PDI] = ['\u2068', '\u2069'];
  const lead = 'مرحبًا {name}، من {place}.';
  const arabic = new Text(lead, 'ar');
  const english = new Text('Hello {name}, from {place}.', 'en');
  const htmlOf = (filled: string): string => toHtml(filled, escape);

  it('is isolated where texts are read from right to left, whatever it is', () => {
    const filled = arabic.fill({ name: 'Ada!', place: 'القاهرة' });
    expect(plain(filled)).toBe(`مرحبًا ${FSI}Ada!${PDI}، من ${FSI}القاهرة${PDI}.`);
    expect(htmlOf(filled)).toBe('مرحبًا <span dir="ltr">Ada!</span>، من <span dir="rtl">القاهرة</span>.');
  });

  it('is isolated in other texts where it is read from right to left itself, and only there', () => {
    const filled = english.fill({ name: 'ليلى', place: 'Łódź, 10 °C (日本)' });
    expect(plain(filled)).toBe(`Hello ${FSI}ليلى${PDI}, from Łódź, 10 °C (日本).`);
    expect(htmlOf(filled)).toBe('Hello <span dir="rtl">ليلى</span>, from Łódź, 10 °C (日本).');
  });

  it.each(['א', 'ߊ', '\u{10900}', '\u{1E900}', 'ﷲ', 'ﻼ'])('is read from right to left in %s', (name) => {
    expect(htmlOf(english.fill({ name, place: '' }))).toContain(`<span dir="rtl">${name}</span>`);
  });

  it('stays as it is if it is a code, or empty', () => {
    expect(arabic.fill({ name: '048213', place: '' })).toBe(lead.replace('{name}', '048213').replace('{place}', ''));
  });

  it('is read in the direction of its first letter, one made of isolated values in its own', () => {
    const device = plain(new Text('{program} على {system}', 'ar').fill({ program: 'Firefox', system: 'Linux' }));
    expect(htmlOf(arabic.fill({ name: device, place: '192.0.2.7' }))).toBe(
      'مرحبًا <span dir="rtl"><span dir="ltr">Firefox</span> على <span dir="ltr">Linux</span></span>، من <span dir="ltr">192.0.2.7</span>.',
    );
    expect(htmlOf(english.fill({ name: device, place: 'x' }))).toContain('<span dir="rtl"><span dir="ltr">Firefox');
  });

  it.each([`${PDI}evil`, `evil${FSI}`, `${PDI}${FSI}evil`, '\u202Eevil', '\u2067evil\u2066'])(
    'cannot turn the rest of a text around: %j',
    (name) => {
      expect(plain(english.fill({ name, place: 'x' }))).toBe(`Hello ${FSI}evil${PDI}, from x.`);
      expect(htmlOf(arabic.fill({ name, place: '1' }))).toBe('مرحبًا <span dir="ltr">evil</span>، من 1.');
    },
  );

  it('is escaped inside its isolate', () => {
    expect(htmlOf(arabic.fill({ name: '<b>&', place: '1' }))).toBe('مرحبًا <span dir="ltr">&lt;b&gt;&amp;</span>، من 1.');
  });
});
