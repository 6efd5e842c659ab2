import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { newId } from '../../src/common/ids.js';
import { Webhook } from 'standardwebhooks';
import { certificateOf } from './certificate.js';
import type { Answer, TestApp } from './start-app.js';

const DAY_MS = 86_400_000;

export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:mail';
export const CERTIFICATE_URL = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-010a507c1833636cd94bdb98bd93083a.pem';

const sns = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
const sendgrid = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const MAILGUN = 'key-of-mailgun';
const RESEND = `whsec_${randomBytes(32).toString('base64')}`;
const POSTMARK = 'password-of-postmark-0123456789abcdef';

/** Settings with which every provider may report. */
export const EVERY_PROVIDER = {
  MAIL_FROM: 'Shop <no-reply@shop.example>',
  MAIL_WEBHOOK_SES_TOPICS: `${TOPIC},arn:aws:sns:us-east-1:123456789012:other`,
  MAIL_WEBHOOK_POSTMARK_PASSWORD: POSTMARK,
  MAIL_WEBHOOK_SENDGRID_KEY: sendgrid.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  MAIL_WEBHOOK_MAILGUN_KEY: MAILGUN,
  MAIL_WEBHOOK_RESEND_SECRET: RESEND,
};

/** The certificate of Amazon SNS, or one that was good yesterday. */
export function snsCertificate({ expired = false } = {}): string {
  const end = Date.now() + (expired ? -DAY_MS : DAY_MS);
  return certificateOf(sns, 'sns.amazonaws.com', new Date(end - 2 * DAY_MS), new Date(end));
}

/** What a provider sends: body and header fields. */
export interface Sent {
  payload: string;
  headers: Record<string, string>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const secondsAgo = (seconds: number) => String(Math.floor(Date.now() / 1_000) - seconds);

/** Sends a request to a provider's path. */
export function deliver(app: TestApp, provider: string, sent: Sent): Promise<Answer> {
  return app.call('POST', `/v1/mail/bounces/${provider}`, { payload: sent.payload, headers: sent.headers });
}

/** As Amazon SNS posts it: JSON that is called plain text. `fields` replace its own before it is signed, `after` when it has been. */
export function fromSns(message: object, fields: Record<string, unknown> = {}, after: Record<string, unknown> = {}): Sent {
  const whole: Record<string, unknown> = {
    Type: 'Notification',
    MessageId: newId(),
    TopicArn: TOPIC,
    Message: JSON.stringify(message),
    Timestamp: new Date().toISOString(),
    SignatureVersion: '1',
    SigningCertURL: CERTIFICATE_URL,
    UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe',
    ...fields,
  };
  const names =
    whole['Type'] === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.filter((name) => name in whole).map((name) => `${name}\n${String(whole[name])}\n`);
  const hash = whole['SignatureVersion'] === '2' ? 'sha256' : 'sha1';
  const Signature = sign(hash, Buffer.from(text.join('')), sns).toString('base64');
  return { payload: JSON.stringify({ ...whole, Signature, ...after }), headers: { 'content-type': 'text/plain; charset=UTF-8' } };
}

export function fromPostmark(body: object, credentials = `latchkey:${POSTMARK}`): Sent {
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return { payload: JSON.stringify(body), headers: { ...JSON_TYPE, authorization } };
}

export function fromSendGrid(events: unknown, { age = 0, key = sendgrid.privateKey } = {}): Sent {
  const payload = JSON.stringify(events);
  const made = secondsAgo(age);
  return {
    payload,
    headers: {
      ...JSON_TYPE,
      'x-twilio-email-event-webhook-timestamp': made,
      'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(made + payload), key).toString('base64'),
    },
  };
}

export function fromMailgun(event: object, { age = 0, token = randomBytes(25).toString('hex'), key = MAILGUN } = {}): Sent {
  const timestamp = secondsAgo(age);
  const signature = createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex');
  return { payload: JSON.stringify({ signature: { timestamp, token, signature }, 'event-data': event }), headers: { ...JSON_TYPE } };
}

/** Signed by the library of Standard Webhooks. */
export function fromResend(event: object, { age = 0, secret = RESEND } = {}): Sent {
  const payload = JSON.stringify(event);
  const made = new Date(Date.now() - age * 1_000);
  const id = `msg_${randomBytes(12).toString('hex')}`;
  const headers = {
    'svix-id': id,
    'svix-timestamp': String(Math.floor(made.getTime() / 1_000)),
    'svix-signature': new Webhook(secret).sign(id, made, payload),
  };
  return { payload, headers: { ...JSON_TYPE, ...headers } };
}

/** A mail that was sent. */
export interface SentMail {
  id: string;
  messageId: string;
  recipient: string;
}

/** Puts a mail into the outbox that was sent a minute ago. */
export async function sentMail(app: TestApp, recipient = `ada.${randomBytes(6).toString('hex')}@example.com`): Promise<SentMail> {
  const id = newId();
  const messageId = `<${id}@shop.example>`;
  await app.rows(
    `INSERT INTO mails (id, dedupe_key, kind, recipient, message_id, state, created_at, sent_at)
     VALUES ($1::uuid, $1::uuid::text, 'confirm-email', $2, $3, 'sent', now() - interval '1 minute', now())`,
    [id, recipient, messageId],
  );
  return { id, messageId, recipient };
}

/** State and last error of a mail. */
export async function stateOf(app: TestApp, { id }: SentMail): Promise<[string, string | null]> {
  const [row] = await app.rows<{ state: string; last_error: string | null }>('SELECT state, last_error FROM mails WHERE id = $1', [id]);
  return [String(row?.state), row?.last_error ?? null];
}
