import { type KeyObject, verify } from 'node:crypto';
import { partAt, textAt } from '../fields.js';

/** Fields that Amazon SNS signs, in this order; one that a message lacks is left out. */
const SIGNED: ReadonlyMap<string, readonly string[]> = new Map([
  ['Notification', ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']],
  ['SubscriptionConfirmation', ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']],
  ['UnsubscribeConfirmation', ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']],
]);

/** Version of a signature: its hash. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['1', 'sha1'],
  ['2', 'sha256'],
]);

/** A topic as `arn:aws:sns:REGION:ACCOUNT:NAME`. */
export const TOPIC_ARN = /^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[\w-]{1,256}(?:\.fifo)?$/;

/** The host of SNS in the region of a topic; null for what is no topic. */
export function hostOfTopic(topic: string): string | null {
  const [, partition, region] = TOPIC_ARN.exec(topic) ?? [];
  if (region === undefined) return null;
  return `sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}

/** Whether `url` is an `https:` address of this host on its usual port, without a user. */
export function isAt(url: string, host: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host: named, username, password } = new URL(url);
  return protocol === 'https:' && named === host && username === '' && password === '';
}

/** Whether the holder of the key signed the message. */
export function isSignedBy(message: object, key: KeyObject): boolean {
  const fields = SIGNED.get(textAt(message, 'Type') ?? '');
  const hash = HASHES.get(textAt(message, 'SignatureVersion') ?? '');
  if (fields === undefined || hash === undefined) return false;
  const written = fields.flatMap((name) => {
    const text = partAt(message, name);
    return typeof text === 'string' ? [`${name}\n${text}\n`] : [];
  });
  return verify(hash, Buffer.from(written.join('')), key, Buffer.from(textAt(message, 'Signature') ?? '', 'base64'));
}
