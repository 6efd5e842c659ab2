import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dkimRecord, keyInRecord, toZoneLine } from '../../../src/mail/dkim/dkim-record.js';
import { dkimSignature } from '../../../src/mail/dkim/dkim-signature.js';
import { dkim } from '../../../src/mail/dkim/dkim.capability.js';
import { verifyDkim } from '../../support/dkim-verifier.js';

/** RFC 8463 appendix A: a mail that its authors signed with RSA, and the record of the key. */
const RFC_MAIL = `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
`.replaceAll('\n', '\r\n');
const RFC_ZONE = {
  'test._domainkey.football.example.com':
    'v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB',
};

const pemOf = (key: { export(options: object): string | Buffer }) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const KEY = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
const SIGNER = { key: KEY, domain: 'shop.example', selector: 'k1' };
const RECORD = dkimRecord(SIGNER);
const ZONE = { [RECORD.name]: RECORD.value };

describe('the DKIM verifier of the tests', () => {
  it('agrees with the mail that the standard signs', () => {
    expect(verifyDkim(RFC_MAIL, RFC_ZONE)).toBe('pass');
    expect(verifyDkim(RFC_MAIL.replace('hungry', 'angry'), RFC_ZONE)).toBe('body hash differs');
    expect(verifyDkim(RFC_MAIL.replace('dinner', 'supper'), RFC_ZONE)).toBe('signature differs');
    expect(verifyDkim(`From: eve@evil.test\r\n${RFC_MAIL}`, RFC_ZONE)).toBe('signature differs');
    expect(verifyDkim(RFC_MAIL, ZONE)).toBe('no key');
  });
});

describe('a DKIM signature', () => {
  const sign = async (mail: string) => `${await dkimSignature(Buffer.from(mail, 'latin1'), SIGNER, 1_800_000_000)}${mail}`;
  const HEADER = 'From: a@shop.example\r\nTo: b@example.com\r\nSubject: x\r\n';

  it.each([
    ['a body of one line', `${HEADER}\r\nHello\r\n`],
    ['no body', `${HEADER}\r\n`],
    ['nothing after the header', HEADER.trimEnd()],
    ['a body of empty lines', `${HEADER}\r\n\r\n\r\n \r\n`],
    ['no line break at the end', `${HEADER}\r\nHello`],
    ['blanks at the ends of lines, tabs and runs of them', `${HEADER}\r\na \t b\t\r\n \r\n\r\nc   \r\n \t\r\n`],
    ['lines of dots, and a colon', `${HEADER}\r\n.\r\n..\r\nFrom: me\r\n`],
    ['bytes that are no text', `${HEADER}\r\n\xff\x00\xa0\x85 \xa0\r\n`],
    ['folded fields', `From: "A\r\n B" <a@shop.example>\r\nSubject:\r\n\t one\r\n  two \r\nTo: x@example.com\r\n\r\nHi\r\n`],
    ['a field twice', `Received: x\r\n${HEADER}To: c@example.com\r\n\r\nHi\r\n`],
    ['names in capitals, blanks before the colon', `FROM : a@shop.example\r\nSUBJECT:x\r\n\r\nHi\r\n`],
  ])('passes for a mail with %s', async (_, mail) => {
    const signed = await sign(mail);
    expect(verifyDkim(signed.includes('\r\n\r\n') ? signed : `${signed}\r\n\r\n`, ZONE)).toBe('pass');
    expect(
      signed
        .slice(0, signed.indexOf('From'))
        .split('\r\n')
        .filter((line) => line.length > 78),
    ).toEqual([]);
  });

  it('names its key, and when it was made', async () => {
    const signed = await sign(`${HEADER}\r\nHello\r\n`);
    expect(signed).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=shop\.example; s=k1;/);
    expect(signed.replaceAll(/\s+/g, ' ')).toContain(' t=1800000000; ');
  });
});

describe('the DNS record', () => {
  it('is one that the verifier reads, cut into strings for a zone file', () => {
    expect(RECORD.name).toBe('k1._domainkey.shop.example');
    const line = toZoneLine(RECORD);
    const strings = [...line.matchAll(/"([^"]*)"/g)].map(([, text]) => String(text));
    expect(strings.join('')).toBe(RECORD.value);
    expect(strings.every((text) => text.length <= 255)).toBe(true);
    expect(line).toMatch(/^k1\._domainkey\.shop\.example\. IN TXT \( "v=DKIM1; k=rsa; p=/);
  });

  it('gives its key, however it is spaced', () => {
    expect(keyInRecord('v=DKIM1;k=rsa; p = AB CD=; n=note')).toBe('ABCD=');
    expect(keyInRecord('v=DKIM1; p=')).toBe('');
    expect(keyInRecord('v=spf1 -all')).toBeUndefined();
  });
});

describe('the settings of DKIM', () => {
  const { DKIM_KEY: key, DKIM_SELECTOR: selector, DKIM_DOMAIN: domain } = dkim.settings;

  it('take an RSA key as it is written in files and in variables', () => {
    const pem = pemOf(KEY);
    for (const written of [pem, pem.trim(), pem.replaceAll('\n', String.raw`\n`), KEY.export({ type: 'pkcs1', format: 'pem' }).toString()])
      expect(createPrivateKey(String(key.parse(written))).equals(KEY)).toBe(true);
  });

  it.each([
    ['text', () => 'secret', /PEM/],
    ['a public key', () => generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ type: 'spki', format: 'pem' }), /PEM/],
    [
      'a key with a password',
      () => KEY.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
      /without a password/,
    ],
    ['a short key', () => pemOf(generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey), /at least 2048 bits; this one has 1024/],
    ['an Ed25519 key', () => pemOf(generateKeyPairSync('ed25519').privateKey), /RSA key; many receivers do not check ed25519/],
  ])('refuse %s as a key', (_, make, message) => {
    expect(() => key.parse(String(make()))).toThrow(message);
  });

  it('need key and selector together', () => {
    expect(key.check?.('pem', {})).toEqual(['DKIM_KEY needs DKIM_SELECTOR']);
    expect(selector.check?.('k1', {})).toEqual(['DKIM_SELECTOR needs DKIM_KEY']);
    expect(key.check?.('pem', { DKIM_SELECTOR: 'k1' })).toEqual([]);
    expect(selector.check?.('k1', { DKIM_KEY: 'pem' })).toEqual([]);
  });

  it('take names of DNS only', () => {
    expect([selector.parse('Key-1.2026'), domain.parse('Bücher.Example')]).toEqual(['key-1.2026', 'xn--bcher-kva.example']);
    for (const wrong of ['', 'a b', 'a;b', '-a', 'a..b', 'x'.repeat(64)]) expect(() => selector.parse(wrong)).toThrow(/such as/);
    for (const wrong of ['', 'a@shop.example', 'https://shop.example', 'a b', 'shop.example.', 'a;d=b'])
      expect(() => domain.parse(wrong)).toThrow(/such as/);
  });

  it('warn of a domain that does not count for the sender', () => {
    const harm = (value: string, MAIL_FROM: string) => domain.harm?.(value, { MAIL_FROM });
    expect(harm('shop.example', 'Shop <a@mail.shop.example>')).toEqual([]);
    expect(harm('shop.example', 'a@shop.example')).toEqual([]);
    expect(harm('mailer.example', 'a@shop.example')).toMatchObject([{ finding: expect.stringContaining('mailer.example') }]);
  });
});
