import { describe, expect, it } from 'vitest';
import { InvalidRequestError } from '../../../src/common/errors.js';
import { MAX_TEXT_CHARS, demandText, placeholdersOf, problemOf } from '../../../src/languages/text-rules.js';

const ENGLISH = '{code} is your {appName} code, good for {minutes, plural, one {# minute} other {# minutes}}.';
const PLAIN = 'Hello <b>{name}</b>';
const PLACE = { key: 'mail.x.title', locale: 'de' } as const;

/** The rule that a text breaks, and what its writer is told. */
function refusal(text: string, english = PLAIN, key: string = PLACE.key): [string, string] {
  try {
    demandText(text, { key, locale: 'de', english });
    return ['none', ''];
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    const [problem] = error.problems;
    return [String(problem?.rule), String(problem?.detail)];
  }
}

describe('a text of one’s own', () => {
  it('may use some placeholders of the English text, its numbers in another way, and emphasis', () => {
    for (const text of [
      'Hallo {name}',
      'Hallo',
      '<b>Hallo</b> <b>{name}</b>',
      'a < b & c',
      "'{'name'}'",
      '{name, select, Ada {Frau} other {{name}}}',
    ]) {
      expect(demandText(text, { ...PLACE, english: PLAIN })).toBe(text);
    }
    expect(demandText('{code}: noch {minutes, number} Minuten', { ...PLACE, english: ENGLISH })).toBe(
      '{code}: noch {minutes, number} Minuten',
    );
    expect(placeholdersOf(ENGLISH)).toEqual(['code', 'appName', 'minutes']);
  });

  it('loses blanks and marks around it, and is in NFC', () => {
    expect(demandText(' \u200FGru\u0308\u00DFe \u200E', { ...PLACE, english: PLAIN })).toBe('Gr\u00FC\u00DFe');
  });

  it.each([
    ['{name', 'translation.syntax', /at character 1: a placeholder is not closed/],
    ['Hallo <b>{name}', 'translation.syntax', /at character 7: emphasis is not closed/],
    ['Hallo {name}</b>', 'translation.syntax', /at character 13/],
    ['{name, select, Ada {Frau}}', 'translation.syntax', /`other` is missing/],
    ['Hallo {}', 'translation.syntax', /at character 7: a placeholder has no name/],
    ['Hallo {who}', 'translation.placeholder', /no placeholder \{who\}: it has \{name\}/],
    ['{__proto__} {constructor}', 'translation.placeholder', /\{__proto__\}/],
    ['{name, select, Ada {{secret}} other {}}', 'translation.placeholder', /\{secret\}/],
    ['<b>{secret}</b>', 'translation.placeholder', /\{secret\}/],
    ['{name, date, short}', 'translation.placeholder', /\{name\} is words/],
    ['{name, plural, other {#}}', 'translation.placeholder', /\{name\} is words/],
    ['<i>{name}</i>', 'translation.markup', /<i> is none/],
    ['<script>x</script>', 'translation.markup', /<script>/],
    ['<a href="https://evil.example">x</a>', 'translation.markup', /without attributes/],
    ['<b class="x">{name}</b>', 'translation.markup', /without attributes/],
    ['Hallo\n{name}', 'translation.characters', /one line/],
    ['Hallo\tx', 'translation.characters', /one line/],
    ['a\u202Eb', 'translation.characters', /direction/],
    ['a\u2066b', 'translation.characters', /direction/],
    ['a\u{FDD0}b', 'translation.characters', /Unicode reserves/],
    ['', 'required', /Write a text/],
    [' \u200B\u3164 ', 'required', /Write a text/],
    ['x'.repeat(MAX_TEXT_CHARS + 1), 'maxLength', /at most 4000/],
  ])('is refused: %j breaks %s', (text, rule, detail) => {
    expect(refusal(text)).toEqual([rule, expect.stringMatching(detail)]);
  });

  it('cannot leave out the code, nor show a number in a form that there is not', () => {
    expect(refusal('Der Code von {appName}', ENGLISH)[0]).toBe('translation.lacks_code');
    expect(refusal('{code} {minutes, number, ::currency/XX}', ENGLISH)[0]).toBe('translation.syntax');
    expect(refusal('{code} {minutes, date}', ENGLISH)[0]).toBe('translation.placeholder');
  });

  it('that goes to phones is no longer than two text messages, in each of its forms', () => {
    const rules = (text: string) => refusal(text, ENGLISH, 'sms.code')[0];
    const filled = ' 04821356'.length;
    expect(rules(`${'x'.repeat(2 * 153 - filled)} {code}`)).toBe('none');
    expect(rules(`${'x'.repeat(2 * 153 - filled + 1)} {code}`)).toBe('translation.text_message');
    expect(rules(`${'ł'.repeat(2 * 67 - filled)} {code}`)).toBe('none');
    expect(rules(`${'x'.repeat(2 * 67 - filled)}ł {code}`)).toBe('translation.text_message');
    expect(rules(`{code} {minutes, plural, one {${'x'.repeat(400)}} other {# Minuten}}`)).toBe('translation.text_message');
    expect(refusal(`${'x'.repeat(400)} {code}`, ENGLISH)[0]).toBe('none');
  });

  it('is looked at in reasonable time, however deep it is', () => {
    expect(refusal('{name, select, other {'.repeat(180))[0]).toBe('translation.syntax');
    expect(refusal(`${'<b>'.repeat(570)}${'</b>'.repeat(570)}`)[0]).toBe('none');
  });

  it('that a later version cannot fill has its reason', () => {
    expect(problemOf('Hallo {name}', { ...PLACE, english: PLAIN })).toBeNull();
    expect(problemOf('Hallo {name}', { ...PLACE, english: 'Hello' })).toBe('The English text has no placeholder {name}: it has none.');
  });
});
