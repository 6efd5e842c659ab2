import { describe, expect, it } from 'vitest';
import { PasswordPolicy } from '../../../src/auth/passwords/password-policy.service.js';
import type { InvalidRequestError } from '../../../src/common/errors.js';
import type { Settings } from '../../../src/config/settings.js';

const policy = new PasswordPolicy({ PASSWORD_MIN_LENGTH: 15, APP_NAME: 'Birdhouse' } as Settings);

/** The broken rule; undefined for a password that passes. */
function ruleOf(password: string): string | undefined {
  try {
    policy.check(password, { email: 'ada@example.com', username: 'lovelace' });
    return undefined;
  } catch (error) {
    return (error as InvalidRequestError).problems[0]?.rule;
  }
}

describe('the password policy', () => {
  it.each([
    '123456789012345',
    '987654321098765',
    'password123456789',
    'Password!!!!!!!!',
    'iloveyouiloveyou',
    'qwertyqwertyqwerty',
    'Birdhouse12345678',
    'latchkeylatchkey',
  ])('refuses %s as too common', (password) => {
    expect(ruleOf(password)).toMatch(/^password\.(?:common|personal)$/);
  });

  it.each(['lovelace lovelace', 'ada@example.com1'])('refuses %s as too personal', (password) => {
    expect(ruleOf(password)).toBe('password.personal');
  });

  it.each([
    'four bright birds sing',
    'correcthorsebatterystaple',
    '🐦🐦🐦 🐦🐦🐦 🐦🐦🐦 🐦🐦🐦',
    '314159265358979',
    'password of my grandmother',
    'xxxxxxxxxxxxxxx',
  ])('takes %s', (password) => {
    expect(ruleOf(password)).toBeUndefined();
  });
});
