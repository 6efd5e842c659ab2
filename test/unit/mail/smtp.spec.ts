import { describe, expect, it } from 'vitest';
import { lifetimeInWords } from '../../../src/mail/lifetime.js';
import { describeError } from '../../../src/jobs/describe-error.js';
import { isOneMailbox, isPermanent, retryDelaySeconds } from '../../../src/mail/smtp.js';

describe('SMTP answers', () => {
  it.each([
    [{ command: 'RCPT TO', responseCode: 550, response: '550 5.1.1 no such user' }, true],
    [{ command: 'DATA', responseCode: 554, response: '554 5.7.1 refused' }, true],
    [{ command: 'RCPT TO', responseCode: 450, response: '450 4.2.1 busy' }, false],
    [{ command: 'RCPT TO', responseCode: 552, response: '552 mailbox full' }, false],
    [{ command: 'RCPT TO', responseCode: 550, response: '550 4.4.0 try later' }, false],
    [{ command: 'AUTH PLAIN', responseCode: 535, response: '535 5.7.8 bad login' }, false],
    [{ command: 'MAIL FROM', responseCode: 553, response: '553 sender refused' }, false],
    [{ code: 'ECONNREFUSED' }, false],
    [undefined, false],
  ])('%j is final: %s', (error, permanent) => {
    expect(isPermanent(error)).toBe(permanent);
  });

  it('waits longer after each attempt, at most five minutes, with random jitter', () => {
    expect([1, 2, 3, 4].map((attempt) => retryDelaySeconds(attempt, 0.5))).toEqual([5, 10, 20, 40]);
    expect(retryDelaySeconds(5_000, 0.5)).toBe(300);
    expect(retryDelaySeconds(1, 0)).toBe(3.75);
    expect(retryDelaySeconds(1, 1)).toBe(6.25);
  });

  it('shortens an error to one line', () => {
    expect(describeError(new Error('refused\r\n\tby  peer'))).toBe('refused by peer');
    expect(describeError('x'.repeat(900))).toHaveLength(500);
    expect(describeError(`${'x'.repeat(499)}😀😀`)).toBe(`${'x'.repeat(499)}😀`);
    expect(describeError('550 \u202Eno\u0000 \u001B[31msuch\u2028user\uD800')).toBe('550 no [31msuch user\uFFFD');
  });
});

describe('recipients', () => {
  it.each(['ada@example.com', 'a.b+c_d-e@xn--bcher-kva.example', "o'brien@example.com", 'ada@bücher.example'])('accepts %s', (address) => {
    expect(isOneMailbox(address)).toBe(true);
  });

  it.each([
    '"a@evil x"@ok.test',
    'a@ok.test, b@evil.test',
    'team: a@ok.test;',
    'Ada <a@ok.test>',
    'a(comment)@ok.test',
    'a@ok.test\r\nBcc: b@evil.test',
    'a@[127.0.0.1]',
    'a@b@ok.test',
    'nobody',
    '',
  ])('refuses %j', (address) => {
    expect(isOneMailbox(address)).toBe(false);
  });
});

describe('lifetimes', () => {
  it.each([
    [14.9 * 60_000, '15 minutes'],
    [30_000, '1 minute'],
    [3_600_000, '1 hour'],
    [23.99 * 3_600_000, '24 hours'],
    [48 * 3_600_000, '48 hours'],
    [7 * 86_400_000 - 1, '7 days'],
  ])('%d ms are %s', (ms, words) => {
    expect(lifetimeInWords(ms)).toBe(words);
  });
});
