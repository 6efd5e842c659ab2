import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emailDomains, isAllowedDomain } from '../../../src/auth/admission/allowed-domains.js';

const { parse } = emailDomains({ doc: '' });

describe('the domains of e-mail addresses', () => {
  it('are kept in one form for all spellings', () => {
    expect(parse('Example.COM, *.Bücher.example ,')).toEqual(['example.com', '*.xn--bcher-kva.example']);
    expect(parse('')).toEqual([]);
  });

  it.each([
    'example',
    '*',
    '*.',
    '@example.com',
    'ada@example.com',
    'a*.example.com',
    '*.*.example.com',
    '-a.example',
    'exa mple.com',
    '.com',
  ])('are not %s', (text) => expect(() => parse(text)).toThrow(/a list of domains/));

  it('match exactly; those below only where it is written', () => {
    expect(isAllowedDomain('anything.example', [])).toBe(true);
    expect(isAllowedDomain('example.com', ['example.com'])).toBe(true);
    for (const domain of ['sub.example.com', 'anexample.com', 'example.com.evil.example']) {
      expect(isAllowedDomain(domain, ['example.com'])).toBe(false);
    }
    for (const domain of ['a.example.com', 'a.b.example.com']) expect(isAllowedDomain(domain, ['*.example.com'])).toBe(true);
    for (const domain of ['example.com', 'anexample.com']) expect(isAllowedDomain(domain, ['*.example.com'])).toBe(false);
  });
});

describe('accounts that nobody registered', () => {
  it.each([
    ['.admitByOperator(', ['administration/admin-creation.service.ts', 'auth/registration/first-admin.service.ts']],
    ['.admitInvited(', ['auth/invitations/invited-sign-ups.service.ts']],
  ])('are made in few places: %s', (call, places) => {
    const src = new URL('../../../src/', import.meta.url);
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const callers = files.filter((file) => readFileSync(new URL(file, src), 'utf8').includes(call));
    expect(callers.toSorted()).toEqual(places);
  });
});
