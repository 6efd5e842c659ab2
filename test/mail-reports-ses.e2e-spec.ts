import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { OutboundError } from '../src/outbound/outbound-error.js';
import { Outbound } from '../src/outbound/outbound.service.js';
import {
  CERTIFICATE_URL,
  EVERY_PROVIDER,
  type Sent,
  type SentMail,
  TOPIC,
  deliver,
  fromSns,
  sentMail,
  snsCertificate,
  stateOf,
} from './support/mail-reports.js';
import { type TestApp, startApp } from './support/start-app.js';

const SENT = ['sent', null];

/** A bounce as Amazon SES reports it, with the headers that it was given. */
const bounceOf = ({ messageId, recipient }: SentMail, bounce: object = {}, mail: object = {}) => ({
  notificationType: 'Bounce',
  bounce: {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    reportingMTA: 'dns; email.example.com',
    bouncedRecipients: [{ emailAddress: recipient, status: '5.1.1', action: 'failed', diagnosticCode: 'smtp; 550 5.1.1 no such mailbox' }],
    timestamp: new Date().toISOString(),
    feedbackId: '00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa068a-000000',
    remoteMtaIp: '127.0.2.0',
    ...bounce,
  },
  mail: {
    timestamp: new Date().toISOString(),
    source: 'no-reply@shop.example',
    sourceArn: 'arn:aws:ses:eu-west-1:123456789012:identity/shop.example',
    sendingAccountId: '123456789012',
    messageId: '00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000',
    destination: [recipient],
    headersTruncated: false,
    headers: [
      { name: 'From', value: 'Shop <no-reply@shop.example>' },
      { name: 'Message-ID', value: messageId },
    ],
    commonHeaders: { from: ['Shop <no-reply@shop.example>'], messageId, subject: 'x' },
    ...mail,
  },
});

describe('reports of Amazon SES', () => {
  let app: TestApp;
  let mail: SentMail;
  let asked: string[];
  /** What Amazon's servers answer. */
  let answer: (url: string) => Response | Error;
  let certificates = 0;
  /** The server remembers certificates, so each test has one at an address of its own. */
  let url: string;
  beforeAll(async () => {
    app = await startApp(EVERY_PROVIDER);
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    mail = await sentMail(app);
    asked = [];
    certificates += 1;
    url = CERTIFICATE_URL.replace('.pem', `${certificates}.pem`);
    answer = () => new Response(snsCertificate());
    vi.spyOn(app.nest.get(Outbound), 'fetch').mockImplementation((to) => {
      asked.push(String(to));
      const given = answer(String(to));
      return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
    });
  });
  afterEach(() => vi.restoreAllMocks());

  const sns = (message: object, fields: object = {}, after: object = {}) =>
    fromSns(message, { SigningCertURL: url, ...fields }, { ...after });
  const send = async (sent: Sent) => {
    const { status, body } = await deliver(app, 'ses', sent);
    return [status, body.reports ?? body.code];
  };
  const REFUSED = [401, 'access.unauthenticated'];

  it.each(['1', '2'])('signed with version %s mark a mail as bounced', async (SignatureVersion) => {
    expect(await send(sns(bounceOf(mail), { SignatureVersion, Subject: 'Amazon SES Email Event Notification' }))).toEqual([200, 1]);
    expect(await stateOf(app, mail)).toEqual(['bounced', 'bounce: General smtp; 550 5.1.1 no such mailbox']);
    expect(asked).toEqual([url]);
  });

  it('come as notifications or as events, and tell of complaints', async () => {
    const [first, second] = [mail, await sentMail(app)];
    const { notificationType, ...event } = bounceOf(first);
    expect(await send(sns({ ...event, eventType: notificationType }))).toEqual([200, 1]);
    const complaint = {
      ...bounceOf(second),
      notificationType: 'Complaint',
      bounce: undefined,
      complaint: {
        userAgent: 'AnyCompany Feedback Loop (V0.01)',
        complainedRecipients: [{ emailAddress: second.recipient }],
        complaintFeedbackType: 'abuse',
        timestamp: new Date().toISOString(),
      },
    };
    expect(await send(sns(complaint))).toEqual([200, 1]);
    expect([(await stateOf(app, first))[0], await stateOf(app, second)]).toEqual(['bounced', ['bounced', 'complaint: abuse']]);
  });

  it('find their mail without its headers by recipient and sender', async () => {
    const bare = { headers: undefined, commonHeaders: undefined };
    await send(sns(bounceOf(mail, {}, { ...bare, source: 'news@shop.example' })));
    expect(await stateOf(app, mail)).toEqual(SENT);
    await send(sns(bounceOf(mail, {}, bare)));
    expect((await stateOf(app, mail))[0]).toBe('bounced');
  });

  it('that are temporary, of something else or no JSON change nothing', async () => {
    for (const message of [
      bounceOf(mail, { bounceType: 'Transient' }),
      bounceOf(mail, { bounceType: 'Undetermined' }),
      { ...bounceOf(mail), notificationType: 'Delivery' },
      { ...bounceOf(mail), notificationType: 'AmazonSnsSubscriptionSucceeded' },
      bounceOf(mail, { bouncedRecipients: 'none' }),
    ])
      expect(await send(sns(message))).toEqual([200, 0]);
    for (const Message of ['no JSON', '', 'null', '"\\u0000"']) expect(await send(sns({}, { Message }))).toEqual([200, 0]);
    expect(await stateOf(app, mail)).toEqual(SENT);
  });

  it('take any text without doing harm', async () => {
    const odd = 'a\u0000\uD800@b';
    expect(await send(sns(bounceOf({ ...mail, recipient: odd, messageId: odd })))).toEqual([200, 1]);
    expect(await send(sns(bounceOf({ ...mail, messageId: `<${mail.id}@\u0000>` })))).toEqual([200, 1]);
  });

  it.each([
    ['another topic', { TopicArn: `${TOPIC}2` }],
    ['no topic', { TopicArn: undefined }],
    ['a certificate by http', { SigningCertURL: CERTIFICATE_URL.replace('https', 'http') }],
    ['a certificate of another host', { SigningCertURL: 'https://evil.test/SimpleNotificationService-1.pem' }],
    ['a host that only begins so', { SigningCertURL: CERTIFICATE_URL.replace('.com/', '.com.evil.test/') }],
    ['a host that only ends so', { SigningCertURL: CERTIFICATE_URL.replace('sns.', 'evil-sns.') }],
    ['a bucket of somebody', { SigningCertURL: 'https://bucket.s3.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem' }],
    ['another region than the topic’s', { SigningCertURL: CERTIFICATE_URL.replace('eu-west-1', 'us-east-1') }],
    ['another port', { SigningCertURL: CERTIFICATE_URL.replace('.com/', '.com:8443/') }],
    ['a user in the address', { SigningCertURL: CERTIFICATE_URL.replace('//', '//sns.eu-west-1.amazonaws.com@') }],
    ['another file of the host', { SigningCertURL: CERTIFICATE_URL.replace('SimpleNotificationService-', 'other-') }],
    ['a query', { SigningCertURL: `${CERTIFICATE_URL}?x=1` }],
    ['no address at all', { SigningCertURL: 'certificate' }],
    ['an address of this network', { SigningCertURL: 'https://169.254.169.254/SimpleNotificationService-1.pem' }],
  ])('with %s are refused before anybody is asked', async (_, fields) => {
    expect(await send(sns(bounceOf(mail), fields))).toEqual(REFUSED);
    expect(asked).toEqual([]);
    expect(await stateOf(app, mail)).toEqual(SENT);
  });

  it.each([
    ['another message', (other: SentMail) => ({ Message: JSON.stringify(bounceOf(other)) })],
    ['a subject', () => ({ Subject: 'x' })],
    ['another type', () => ({ Type: 'SubscriptionConfirmation' })],
    ['an unknown type', () => ({ Type: 'toString' })],
    ['an unknown version of the signature', () => ({ SignatureVersion: '3' })],
    ['the other version of the signature', () => ({ SignatureVersion: '2' })],
    ['no signature', () => ({ Signature: '' })],
  ])('that got %s after they were signed are refused', async (_, change) => {
    expect(await send(sns(bounceOf(mail), {}, change(await sentMail(app))))).toEqual(REFUSED);
    expect(await stateOf(app, mail)).toEqual(SENT);
  });

  it('that are old are refused', async () => {
    for (const age of [86_500_000, -400_000])
      expect(await send(sns(bounceOf(mail), { Timestamp: new Date(Date.now() - age).toISOString() }))).toEqual(REFUSED);
    expect(await send(sns(bounceOf(mail), { Timestamp: 'yesterday' }))).toEqual(REFUSED);
  });

  it('need a certificate that is good today', async () => {
    answer = () => new Response(snsCertificate({ expired: true }));
    expect(await send(sns(bounceOf(mail)))).toEqual(REFUSED);
    url = url.replace('.pem', 'b.pem');
    answer = () => new Response('no certificate');
    expect(await send(sns(bounceOf(mail)))).toEqual(REFUSED);
    url = url.replace('.pem', 'c.pem');
    answer = () => new Response('', { status: 404 });
    for (let i = 0; i < 5; i += 1) expect(await send(sns(bounceOf(mail)))).toEqual(REFUSED);
    // Once for each address: whoever invents one cannot make the server ask for it again and again.
    expect(asked).toHaveLength(3);
  });

  it('ask for a certificate once, also when many come together', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(sns(bounceOf(mail)))));
    expect(answers).toEqual(Array(20).fill([200, 1]));
    expect(asked).toEqual([url]);
  });

  it('are to come again if Amazon does not answer', async () => {
    for (const failure of [new OutboundError('timeout', 'late'), new Response('', { status: 503 })]) {
      answer = () => failure;
      expect(await send(sns(bounceOf(mail)))).toEqual([503, 'server.unavailable']);
    }
    answer = () => new Response(snsCertificate());
    expect(await send(sns(bounceOf(mail)))).toEqual([200, 1]);
  });

  describe('begin with a subscription that', () => {
    const SUBSCRIBE = `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`;
    const subscription = (fields: object = {}) =>
      sns(
        {},
        {
          Type: 'SubscriptionConfirmation',
          Message: 'You have chosen to subscribe',
          Token: '2336412f37',
          SubscribeURL: SUBSCRIBE,
          ...fields,
        },
      );

    it('the server confirms', async () => {
      answer = (to) => (to === url ? new Response(snsCertificate()) : new Response('<ConfirmSubscriptionResponse/>'));
      expect(await send(subscription())).toEqual([200, 0]);
      expect(asked).toEqual([url, SUBSCRIBE]);
    });

    it('is confirmed only at Amazon, for topics of the settings', async () => {
      for (const SubscribeURL of [
        'https://evil.test/',
        SUBSCRIBE.replace('eu-west-1', 'us-east-1'),
        SUBSCRIBE.replace('https', 'http'),
        '',
      ])
        expect(await send(subscription({ SubscribeURL }))).toEqual(REFUSED);
      expect(await send(subscription({ TopicArn: `${TOPIC}2` }))).toEqual(REFUSED);
      expect(asked).toEqual([url]);
    });

    it('comes again if Amazon does not answer', async () => {
      answer = (to) => (to === url ? new Response(snsCertificate()) : new Response('', { status: 500 }));
      expect(await send(subscription())).toEqual([503, 'server.unavailable']);
      answer = () => new OutboundError('unreachable', 'no');
      expect(await send(subscription())).toEqual([503, 'server.unavailable']);
    });

    it('may end, which the log tells', async () => {
      expect(await send(subscription({ Type: 'UnsubscribeConfirmation' }))).toEqual([200, 0]);
      expect(app.logs.join('')).toContain('Amazon SNS ended a subscription');
    });
  });
});
