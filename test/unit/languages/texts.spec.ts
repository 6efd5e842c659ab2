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
