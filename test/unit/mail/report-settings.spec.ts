import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mailReports } from '../../../src/mail/reports/reports.capability.js';

const { MAIL_WEBHOOK_SES_TOPICS: topics, MAIL_WEBHOOK_SENDGRID_KEY: sendgrid, MAIL_WEBHOOK_RESEND_SECRET: resend } = mailReports.settings;

describe('the settings of reports', () => {
  it('take topics of Amazon SNS in every partition, and nothing else', () => {
    const good = [
      'arn:aws:sns:eu-west-1:123456789012:mail',
      'arn:aws-cn:sns:cn-north-1:123456789012:a_b',
      'arn:aws-us-gov:sns:us-gov-west-1:123456789012:a-b',
    ];
    expect(topics.parse(good.join(', '))).toEqual(good);
    expect(topics.default).toEqual([]);
    for (const wrong of [
      'mail',
      'arn:aws:sqs:eu-west-1:123456789012:mail',
      'arn:aws:sns:evil.test/:123456789012:mail',
      'arn:aws:sns:eu-west-1:1:mail',
    ])
      expect(() => topics.parse(wrong)).toThrow(/is none/);
  });

  it('take the key of SendGrid with and without lines around it', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const base64 = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    for (const written of [base64, pem, pem.replaceAll('\n', String.raw`\n`)]) expect(sendgrid.parse(written)).toBe(base64);
    const others = [
      generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey,
      generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey,
    ].map((key) => key.export({ type: 'spki', format: 'der' }).toString('base64'));
    for (const wrong of ['key', '', ...others]) expect(() => sendgrid.parse(wrong)).toThrow(/P-256/);
  });

  it('take a secret of Resend as it is shown there', () => {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    expect(resend.parse(secret)).toBe(secret);
    for (const wrong of ['secret', secret.slice(6), 'whsec_short', `${secret} `]) expect(() => resend.parse(wrong)).toThrow(/whsec_/);
  });
});
