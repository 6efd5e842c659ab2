import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dkimRecord } from '../src/mail/dkim/dkim-record.js';
import { signerOf } from '../src/mail/dkim/dkim-signing.js';
import { register } from './support/accounts.js';
import { type Zone, signedFields, verifyDkim } from './support/dkim-verifier.js';
import { SmtpReceiver } from './support/smtp-receiver.js';
import { type TestApp, startApp } from './support/start-app.js';

const KEY = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const SENDER = { MAIL_FROM: '"Shop, Inc." <no-reply@Mail.Shop.Example>', DKIM_KEY: KEY, DKIM_SELECTOR: 'latchkey1' };

/** Signed fields that a mail has once and must not have twice. */
const FIELDS = ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type', 'auto-submitted', 'feedback-id'];

describe('a mail as it comes over SMTP', () => {
  let receiver: SmtpReceiver;
  let app: TestApp;
  let zone: Zone;
  let email: string;
  let raw: string;
  beforeAll(async () => {
    receiver = await SmtpReceiver.start();
    app = await startApp({ ...SENDER, SMTP_URL: receiver.url });
    const record = dkimRecord(signerOf(app.settings) ?? expect.fail('no signer'));
    zone = { [record.name]: record.value };
    ({ email } = await register(app, { firstName: 'Zoë 🦉' }));
    raw = await receiver.mailTo(email);
  });
  afterAll(async () => {
    await app.stop();
    await receiver.stop();
  });

  const headerOf = (mail: string) =>
    mail
      .slice(0, mail.indexOf('\r\n\r\n'))
      .split(/\r\n(?![ \t])/)
      .map((field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1).trim()] as const);

  it('has these fields, each once, and no other', () => {
    const id = String.raw`[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}`;
    const header = headerOf(raw).toSorted(([a], [b]) => a.localeCompare(b));
    expect(Object.fromEntries(header)).toEqual({
      'Auto-Submitted': 'auto-generated',
      'Content-Type': expect.stringMatching(/^multipart\/alternative;\s+boundary="[^"]+"$/),
      Date: expect.stringMatching(/^\w{3}, \d{1,2} \w{3} \d{4} [\d:]{8} \+0000$/),
      'DKIM-Signature': expect.stringMatching(/ d=mail\.shop\.example;\s+s=latchkey1;/),
      'Feedback-ID': expect.stringMatching(/^confirm-email:code:latchkey:[\da-f]{12}$/),
      From: expect.stringMatching(/^"Shop, Inc\." <no-reply@mail\.shop\.example>$/i),
      'Message-ID': expect.stringMatching(new RegExp(`^<${id}@mail\\.shop\\.example>$`)),
      'MIME-Version': '1.0',
      Subject: 'Confirm your e-mail address for Latchkey',
      To: email,
      'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply',
    });
    expect(header).toHaveLength(11);
  });

  it('has lines that no server breaks', () => {
    expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(
      raw
        .slice(0, raw.indexOf('\r\n\r\n'))
        .split('\r\n')
        .filter((line) => line.length > 78),
    ).toEqual([]);
  });

  it('has a signature that receivers check, of all fields that matter, each listed once more than it is there', () => {
    expect(verifyDkim(raw, zone)).toBe('pass');
    const signed = signedFields(raw);
    for (const name of FIELDS) expect([name, signed.filter((each) => each === name).length]).toEqual([name, 2]);
  });

  it.each([
    ['another text', (mail: string) => mail.replace('Confirm', 'Conform').replace(/(\r\n\r\n[^]*)Hello/, '$1Hallo'), 'body hash differs'],
    ...FIELDS.map((name) => [`another ${name}`, (mail: string) => changed(mail, name), 'signature differs'] as const),
    ...[...FIELDS, 'cc', 'reply-to'].map(
      (name) => [`a second ${name}`, (mail: string) => `${name}: eve@evil.test\r\n${mail}`, 'signature differs'] as const,
    ),
    ['another domain in the signature', (mail: string) => mail.replace('d=mail.shop.example', 'd=evil.test'), 'no key'],
  ] as const)('does not pass with %s', (_, tamper, verdict) => {
    const tampered = tamper(raw);
    expect(tampered).not.toBe(raw);
    expect(verifyDkim(tampered, zone)).toBe(verdict);
  });

  it('still passes after what relays do: a trace field, other folding, blanks at the end', () => {
    const relayed = `Received: from a by b; Wed, 2 Dec 2026 00:00:00 +0000\r\n${raw.replace('Subject: ', 'SUBJECT:  ')}\r\n\r\n`;
    expect(verifyDkim(relayed, zone)).toBe('pass');
  });
});

/** The mail with one more word in a field. */
function changed(mail: string, name: string): string {
  return mail.replace(new RegExp(`(^|\\r\\n)(${name}:[ ]?)`, 'i'), '$1$2x ');
}
