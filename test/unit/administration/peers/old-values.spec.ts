import { describe, expect, it } from 'vitest';
import { toFlag, toList, toObject, toText, toTime } from '../../../../src/administration/transfer/peers/old-values.js';

describe('values of other systems', () => {
  it.each([
    ['2023-05-31T12:00:00Z', '2023-05-31T12:00:00Z'],
    ['2023-05-31 12:00:00+00', '2023-05-31T12:00:00Z'],
    ['2023-05-31 12:00:00.123456+00', '2023-05-31T12:00:00.123456Z'],
    ['2023-05-31 12:00:00.123456789 UTC', '2023-05-31T12:00:00.123456Z'],
    ['2023-05-31T12:00:00.123000+02:00', '2023-05-31T12:00:00.123000+02:00'],
    ['2023-05-31 12:00:00-0330', '2023-05-31T12:00:00-03:30'],
    ['2023-05-31 12:00:00+05', '2023-05-31T12:00:00+05:00'],
    ['2023-05-31 12:00:00', '2023-05-31T12:00:00Z'],
    ['2023-05-31 12:00', '2023-05-31T12:00:00Z'],
    ['2023-05-31', '2023-05-31T00:00:00Z'],
    [1_685_534_400, '2023-05-31T12:00:00.000Z'],
    ['1685534400', '2023-05-31T12:00:00.000Z'],
    [1_685_534_400.123, '2023-05-31T12:00:00.123Z'],
    ['1685534400123', '2023-05-31T12:00:00.123Z'],
    [1_685_534_400_123_456, '2023-05-31T12:00:00.123Z'],
    [{ $date: '2021-03-05T16:34:49.502Z' }, '2021-03-05T16:34:49.502Z'],
    ['0000-00-00 00:00:00', null],
    ['\\N', null],
    ['NULL', null],
    ['', null],
    [0, null],
    [null, null],
    [undefined, null],
    ['yesterday', 'yesterday'],
  ])('reads the time %j as %j', (value, time) => {
    expect(toTime(value)).toBe(time);
  });

  it('reads yes and no of databases, languages and spreadsheets', () => {
    for (const yes of [true, 't', 'TRUE', 'True', '1', 1, 'yes']) expect(toFlag(yes)).toBe(true);
    for (const no of [false, 'f', 'FALSE', 'False', '0', 0, 'no']) expect(toFlag(no)).toBe(false);
    for (const neither of ['', null, undefined, 'maybe', {}]) expect(toFlag(neither)).toBeNull();
  });

  it('reads lists and objects also from the text of a cell', () => {
    expect(toList('a, b')).toEqual(['a', 'b']);
    expect(toList('["a","b"]')).toEqual(['a', 'b']);
    expect(toList(undefined)).toEqual([]);
    expect(toObject('{"a":1}')).toEqual({ a: 1 });
    for (const none of ['{"a":', '[1]', null, 'text']) expect(toObject(none)).toBeNull();
    expect([toText(' a '), toText(5), toText(''), toText('\\N'), toText({})]).toEqual(['a', '5', null, null, null]);
  });
});
