import { describe, expect, it } from 'vitest';
import { GiveReason, readReason } from '../../../src/administration/dto/user-standing.dto.js';
import { PasswordPolicy } from '../../../src/auth/passwords/password-policy.service.js';
import { InvalidRequestError, RouteNotFoundError, ThrottledError } from '../../../src/common/errors.js';
import type { Settings } from '../../../src/config/settings.js';
import { Languages } from '../../../src/languages/languages.service.js';
import type { Locale } from '../../../src/languages/locales.js';
import { ProblemTexts } from '../../../src/languages/problem-texts.js';
import type { TextKey } from '../../../src/languages/texts.js';
import { cleanName } from '../../../src/users/field-values.js';
import { fromEmail, fromMobile, fromUsername } from '../../../src/users/identifiers.js';

/** German is English between brackets. */
class Bracketed extends Languages {
  override shippedText(locale: Locale, key: TextKey): string | null {
    const english = super.shippedText('en', key);
    return locale === 'de' && english !== null ? `[${english}]` : english;
  }
}

const SETTINGS = { DEFAULT_LOCALE: 'en', APP_NAME: 'Latchkey', PASSWORD_MIN_LENGTH: 15 } as Settings;
const texts = new ProblemTexts(new Bracketed(SETTINGS));
const passwords = new PasswordPolicy(SETTINGS);

function failureOf(act: () => unknown): InvalidRequestError {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidRequestError) return error;
    throw error;
  }
  throw new Error('It failed at nothing');
}

const reason = (text: string): GiveReason => Object.assign(new GiveReason(), { reason: text });

describe('what is wrong with a field, in another language', () => {
  it.each([
    ['a short password', () => passwords.check('short', { roles: [] }), '[Use at least 15 characters.]'],
    ['a long password', () => passwords.check('x'.repeat(200), { roles: [] }), '[Use at most 128 characters.]'],
    ['a long name', () => cleanName('x'.repeat(101), 'firstName'), '[Use at most 100 characters.]'],
    ['a name on two lines', () => cleanName('a\nb', 'firstName'), '[Write this on one line, without tabs and other control characters.]'],
    [
      'a name that turns around',
      () => cleanName('a\u202Eb', 'x'),
      '[There is an invisible character inside. Delete it, or type this again.]',
    ],
    ['no reason', () => readReason(reason(' ')), '[This field is required.]'],
    ['no address', () => fromEmail('ada'), '[This is not an e-mail address: write one like ada@example.com.]'],
    [
      'an address with a hole',
      () => fromEmail('a\u200Bda@example.com'),
      '[There is an invisible character inside. Delete it, or type this again.]',
    ],
    ['a username', () => fromUsername('1'), expect.stringMatching(/^\[Use 3 to 32 /)],
    ['a number', () => fromMobile('x', 'US'), expect.stringMatching(/^\[This is not a mobile number/)],
  ])('%s', (_, act, sentence) => {
    const failure = failureOf(act);
    expect(texts.translate(failure, 'de')).toEqual({
      title: '[Something is not filled in correctly.]',
      detail: sentence,
      errors: [{ pointer: failure.problems[0]?.pointer, rule: failure.problems[0]?.rule, detail: sentence }],
    });
  });

  it('is what the failure says itself, in English and where there is no text', () => {
    const failure = new InvalidRequestError([{ pointer: '/limit', rule: 'max', detail: 'Use 100 or less.' }]);
    expect(texts.translate(failure, 'de')?.errors).toEqual([{ pointer: '/limit', rule: 'max', detail: 'Use 100 or less.' }]);
    expect(texts.translate(failure, 'en')).toBeNull();
    expect(texts.ofField({ pointer: '/x', rule: 'required', detail: 'Send x.' }, 'en')).toBe('Send x.');
  });

  it('is English where the values of the text are missing', () => {
    expect(texts.ofField({ pointer: '/x', rule: 'maxLength', detail: 'Too long.' }, 'de')).toBe('Too long.');
  });
});

describe('a failure in another language', () => {
  it('has one sentence, which stands for every occurrence', () => {
    const said = '[Too many tries. Wait a moment, then try again.]';
    expect(texts.translate(new ThrottledError(3), 'de')).toEqual({ title: said, detail: said });
  });

  it('stays English where only developers meet it', () => {
    expect(texts.translate(new RouteNotFoundError(), 'de')).toBeNull();
  });
});
