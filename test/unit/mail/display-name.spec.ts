import { describe, expect, it } from 'vitest';
import { greetingName } from '../../../src/mail/display-name.js';

describe('the name a mail greets with', () => {
  it.each(['Ada', 'Jean-Luc', "Séamus O'Brien", 'Müller', 'Dr. Ada Lovelace', '小林', 'अदिति', 'José María', 'J. R. R. Tolkien'])(
    'keeps %s',
    (name) => {
      expect(greetingName(name)).toBe(name.normalize('NFC'));
    },
  );

  it.each([
    '{{7*7}}',
    '<img src=x>',
    'http://evil.example',
    'evil.example',
    'Ada visit evil.example now',
    'www evil',
    'WWW.evil',
    'ada@evil.example',
    'Ada\r\nBcc: victim@example.com',
    'Ada\u0000',
    'Ada\u202Eevil',
    'Ada\u200Bevil',
    'a/b',
    '123456',
    'A'.repeat(41),
    '',
    '   ',
    undefined,
    null,
    { toString: () => 'Ada' },
  ])('drops %j', (name) => {
    expect(greetingName(name)).toBeNull();
  });
});
