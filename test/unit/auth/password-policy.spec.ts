import { describe, expect, it } from 'vitest';
import { PasswordPolicy } from '../../../src/auth/passwords/password-policy.service.js';
import { InvalidRequestError } from '../../../src/common/errors.js';
import type { Settings } from '../../../src/config/settings.js';

const policy = new PasswordPolicy({ PASSWORD_MIN_LENGTH: 15, APP_NAME: 'Birdhouse' } as Settings);

/** The broken rule; undefined if the password passes. */
function ruleOf(password: string): string | undefined {
  try {
    policy.check(password, { email: 'ada@example.com', username: 'lovelace', roles: ['user'] });
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

  it('is the core’s for accounts with elevated roles, whichever is asked for', () => {
    const legacy = { policy: 'legacy' } as const;
    for (const roles of [[], ['user'], ['librarian', 'user']] as const) expect(policy.check('123456', { roles }, legacy)).toBe('legacy');
    expect(() => policy.check('123456', { roles: ['user', 'admin'] }, legacy)).toThrow(InvalidRequestError);
    expect(policy.check('four bright birds sing', { roles: ['admin'] }, legacy)).toBe('core');
  });
});
