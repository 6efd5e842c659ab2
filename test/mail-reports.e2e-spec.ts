import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { register } from './support/accounts.js';
import {
  EVERY_PROVIDER,
  type Sent,
  type SentMail,
  deliver,
  fromMailgun,
  fromPostmark,
  fromResend,
  fromSendGrid,
  sentMail,
  stateOf,
} from './support/mail-reports.js';
import { type TestApp, sharedApp, startApp } from './support/start-app.js';

const REASON = '550 5.1.1 no such mailbox';
const SENT = ['sent', null];
const now = () => new Date().toISOString();

/** Bounces in the words of each provider that does not sign by certificate, as its documentation shows them. */
const BOUNCES: Record<string, (mail: SentMail, change?: object) => object> = {
  postmark: ({ id, recipient }, change) => ({
    RecordType: 'Bounce',
    ID: 42,
    Type: 'HardBounce',
    TypeCode: 1,
    Name: 'Hard bounce',
    Tag: '',
    MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
    Metadata: { 'latchkey-mail': id },
    ServerID: 1234,
    Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
    Details: REASON,
    Email: recipient,
    From: 'no-reply@shop.example',
    BouncedAt: now(),
    DumpAvailable: true,
    Inactive: true,
    CanActivate: true,
    Subject: 'Confirm your e-mail address',
    ...change,
  }),
  sendgrid: ({ messageId, recipient }, change) => ({
    email: recipient,
    timestamp: Math.floor(Date.now() / 1_000),
    'smtp-id': messageId,
    bounce_classification: 'Invalid Address',
    event: 'bounce',
    category: ['cat facts'],
    sg_event_id: 'NcLFvIR5RMmqe7J5a6P4zQ==',
    sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
    reason: REASON,
    status: '5.1.1',
    type: 'bounce',
    ...change,
  }),
  mailgun: ({ messageId, recipient }, change) => ({
    event: 'failed',
    id: 'G9Bn5sl1TC6nu79C8C0bwg',
    timestamp: Date.now() / 1_000,
    'log-level': 'error',
    severity: 'permanent',
    reason: 'suppress-bounce',
    'delivery-status': { 'attempt-no': 1, message: '', code: 550, description: '5.1.1 no such mailbox', 'session-seconds': 0 },
    flags: { 'is-routed': false, 'is-authenticated': true, 'is-system-test': false, 'is-test-mode': false },
    envelope: { sender: 'no-reply@shop.example', transport: 'smtp', targets: recipient },
    message: { headers: { to: recipient, 'message-id': messageId.slice(1, -1), from: 'no-reply@shop.example', subject: 'x' }, size: 111 },
    recipient,
    'recipient-domain': 'example.com',
    tags: [],
    'user-variables': {},
    ...change,
  }),
  resend: ({ messageId, recipient }, change) => ({
    type: 'email.bounced',
    created_at: now(),
    data: {
      created_at: now(),
      email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
      message_id: messageId,
      from: 'Shop <no-reply@shop.example>',
      to: [recipient],
      subject: 'Confirm your e-mail address',
      bounce: { message: REASON, subType: 'General', type: 'Permanent' },
      tags: { category: 'confirm_email' },
      ...change,
    },
  }),
};

function named<T>(all: Record<string, T>, provider: string): T {
  const found = all[provider];
  if (found === undefined) throw new Error(`No provider ${provider}`);
  return found;
}

const bounce = (provider: string, mail: SentMail, change?: object): object => named(BOUNCES, provider)(mail, change);

/** Signs and addresses as the provider does. */
const SIGNED: Record<string, (event: object) => Sent> = {
  postmark: (event) => fromPostmark(event),
  sendgrid: (event) => fromSendGrid([event]),
  mailgun: (event) => fromMailgun(event),
  resend: (event) => fromResend(event),
};

const PROVIDERS = Object.keys(BOUNCES);

describe('reports of mail providers', () => {
  let app: TestApp;
  let mail: SentMail;
  beforeAll(async () => {
    app = await startApp(EVERY_PROVIDER);
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    mail = await sentMail(app);
  });

  const send = async (provider: string, event: unknown) => {
    const { status, body } = await deliver(app, provider, named(SIGNED, provider)(event as object));
    return [status, body.reports];
  };
  const expectRefused = async (provider: string, sent: Sent) => {
    const answer = await deliver(app, provider, sent);
    expect([answer.status, answer.body.code]).toEqual([401, 'access.unauthenticated']);
    expect(answer.text).not.toContain('@');
    expect(await stateOf(app, mail)).toEqual(SENT);
  };

  it.each([
    ['postmark', `bounce: HardBounce ${REASON}`],
    ['sendgrid', `bounce: 5.1.1 ${REASON}`],
    ['mailgun', 'bounce: 550 5.1.1 no such mailbox'],
    ['resend', `bounce: Permanent ${REASON}`],
  ])('of %s mark a mail as bounced, with the reason, also when they come again', async (provider, reason) => {
    expect(await send(provider, bounce(provider, mail))).toEqual([200, 1]);
    expect(await stateOf(app, mail)).toEqual(['bounced', reason]);
    expect(await send(provider, bounce(provider, mail))).toEqual([200, 1]);
    expect(await stateOf(app, mail)).toEqual(['bounced', reason]);
  });

  it.each([
    ['postmark', (each: SentMail) => bounce('postmark', each, { RecordType: 'SpamComplaint', Type: 'SpamComplaint', Details: '' })],
    [
      'sendgrid',
      (each: SentMail) => bounce('sendgrid', each, { event: 'spamreport', reason: undefined, status: undefined, type: undefined }),
    ],
    ['mailgun', (each: SentMail) => bounce('mailgun', each, { event: 'complained', severity: undefined })],
    ['resend', (each: SentMail) => ({ ...bounce('resend', each, { bounce: undefined }), type: 'email.complained' })],
  ])('of %s tell of complaints', async (provider, complaint) => {
    expect(await send(provider, complaint(mail))).toEqual([200, 1]);
    expect(await stateOf(app, mail)).toEqual(['bounced', expect.stringMatching(/^complaint/)]);
  });

  it.each([
    ['postmark', ...['Transient', 'SoftBounce', 'DnsError', 'AutoResponder', 'Unknown'].map((Type) => ({ Type }))],
    ['postmark', { RecordType: 'Delivery' }, { RecordType: 'Open' }, { RecordType: undefined }],
    ['sendgrid', { type: 'blocked' }, { event: 'deferred' }, { event: 'delivered' }, { event: 'open' }, { event: 7 }],
    ['mailgun', { severity: 'temporary' }, { event: 'delivered' }, { event: 'unsubscribed' }, { event: null }],
    ['resend', { bounce: { type: 'Transient', message: 'full' } }, { bounce: { type: 'Undetermined' } }],
  ] as [string, ...object[]][])('of %s that are temporary or of something else change nothing', async (provider, ...changes) => {
    for (const change of changes) expect([change, await send(provider, bounce(provider, mail, change))]).toEqual([change, [200, 0]]);
    expect(await stateOf(app, mail)).toEqual(SENT);
  });

  it('of mails that a provider did not even send are bounces', async () => {
    const others = [mail, await sentMail(app), await sentMail(app)] as [SentMail, SentMail, SentMail];
    expect(await send('sendgrid', bounce('sendgrid', others[0], { event: 'dropped', type: undefined, reason: 'Bounced Address' }))).toEqual(
      [200, 1],
    );
    expect(await send('mailgun', bounce('mailgun', others[1], { event: 'rejected', reject: { reason: 'policy' } }))).toEqual([200, 1]);
    expect(await send('resend', { ...bounce('resend', others[2], { bounce: undefined }), type: 'email.suppressed' })).toEqual([200, 1]);
    for (const each of others) expect((await stateOf(app, each))[0]).toBe('bounced');
  });

  it('come in lists, of which all count', async () => {
    const others = [mail, ...(await Promise.all(Array.from({ length: 20 }, () => sentMail(app))))];
    const events = others.flatMap((each) => [{ event: 'processed' }, bounce('sendgrid', each), null, 'text', 7]);
    const { status, body } = await deliver(app, 'sendgrid', fromSendGrid(events));
    expect([status, body]).toEqual([200, { reports: 21 }]);
    for (const each of others) expect((await stateOf(app, each))[0]).toBe('bounced');
  });

  it('name a mail by the id that it carried, by its Message-ID, or by whom it was for', async () => {
    const [first, second, third] = [mail, await sentMail(app), await sentMail(app)];
    await send('sendgrid', bounce('sendgrid', first, { 'smtp-id': '<replaced@ismtpd-555>', latchkey_mail: first.id }));
    await send('postmark', bounce('postmark', second, { Metadata: {}, Email: second.recipient.toUpperCase() }));
    await send('resend', bounce('resend', third, { message_id: '<0100018f@eu-west-1.amazonses.com>' }));
    for (const each of [first, second, third]) expect((await stateOf(app, each))[0]).toBe('bounced');
  });

  it('by whom it was for take the newest mail of the sender, and no other', async () => {
    const newer = await sentMail(app, mail.recipient);
    const anonymous = { Metadata: undefined };
    for (const change of [
      { From: 'newsletter@shop.example' },
      { From: undefined },
      { Email: `x${mail.recipient}` },
      { Email: 'a@b.test, c@d.test' },
      { BouncedAt: new Date(Date.now() - 3_600_000).toISOString() },
      { BouncedAt: new Date(Date.now() + 5 * 86_400_000).toISOString() },
    ])
      await send('postmark', bounce('postmark', mail, { ...anonymous, ...change }));
    for (const id of ['x', 'not-a-uuid', newer.id.replace(/^.{8}/, '00000000')])
      expect(await send('postmark', bounce('postmark', mail, { Metadata: { 'latchkey-mail': id } }))).toEqual([200, 1]);
    expect(await stateOf(app, newer)).toEqual(SENT);
    await send('postmark', bounce('postmark', mail, anonymous));
    expect([(await stateOf(app, newer))[0], (await stateOf(app, mail))[0]]).toEqual(['bounced', 'sent']);
  });

  it('with a time that PostgreSQL does not know are taken like those without one', async () => {
    for (const BouncedAt of ['-271821-04-20T00:00:00.000Z', '-004800-01-01T00:00:00.000Z', '+275760-09-13T00:00:00.000Z', -8.64e12])
      expect(await send('postmark', bounce('postmark', mail, { Metadata: undefined, BouncedAt }))).toEqual([200, 1]);
    expect((await stateOf(app, mail))[0]).toBe('bounced');
  });

  it.each(PROVIDERS)('of %s are refused without signature or password', async (provider) => {
    const { payload, headers } = named(SIGNED, provider)(bounce(provider, mail));
    const bare = provider === 'mailgun' ? JSON.stringify({ 'event-data': JSON.parse(payload)['event-data'] }) : payload;
    await expectRefused(provider, { payload: bare, headers: { 'content-type': 'application/json' } });
    for (const name of Object.keys(headers).filter((each) => each !== 'content-type')) {
      await expectRefused(provider, { payload, headers: { ...headers, [name]: '' } });
      await expectRefused(provider, { payload, headers: { ...headers, [name]: `x${headers[name]}` } });
    }
    await expectRefused(provider, { payload: '{}', headers: { 'content-type': 'application/json', authorization: 'Bearer x' } });
  });

  it('are refused if another key or password made them, or if they are old', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
    await expectRefused('postmark', fromPostmark(bounce('postmark', mail), 'latchkey:guessed'));
    await expectRefused('postmark', fromPostmark(bounce('postmark', mail), 'no-colon'));
    await expectRefused('sendgrid', fromSendGrid([bounce('sendgrid', mail)], { key }));
    await expectRefused('mailgun', fromMailgun(bounce('mailgun', mail), { key: 'guessed' }));
    await expectRefused('resend', fromResend(bounce('resend', mail), { secret: `whsec_${Buffer.alloc(32).toString('base64')}` }));
    for (const age of [86_500, -400]) {
      await expectRefused('sendgrid', fromSendGrid([bounce('sendgrid', mail)], { age }));
      await expectRefused('mailgun', fromMailgun(bounce('mailgun', mail), { age }));
    }
    for (const age of [400, -400]) await expectRefused('resend', fromResend(bounce('resend', mail), { age }));
    // Repeated for up to a day, as they were signed.
    expect((await deliver(app, 'sendgrid', fromSendGrid([], { age: 80_000 }))).status).toBe(200);
    expect((await deliver(app, 'mailgun', fromMailgun({}, { age: 80_000 }))).status).toBe(200);
  });

  it.each(['sendgrid', 'resend'])('of %s are refused if a byte of them was changed', async (provider) => {
    const { payload, headers } = named(SIGNED, provider)(bounce(provider, mail));
    await expectRefused(provider, { payload: `${payload} `, headers });
    await expectRefused(provider, { payload: payload.replace('550', '551'), headers });
  });

  it('of Mailgun count once for each token, however many come together', async () => {
    const sent = fromMailgun(bounce('mailgun', mail));
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(app, 'mailgun', sent)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array(9).fill(401)]);
    const other = await sentMail(app);
    // The signature covers the token alone: without that, one stolen report would mark any mail.
    const forged = { ...JSON.parse(sent.payload), 'event-data': bounce('mailgun', other) };
    expect((await deliver(app, 'mailgun', { ...sent, payload: JSON.stringify(forged) })).status).toBe(401);
    expect(await stateOf(app, other)).toEqual(SENT);
    for (const token of ['', 'x'.repeat(201)]) expect((await deliver(app, 'mailgun', fromMailgun({}, { token }))).status).toBe(401);
  });

  it('of Resend may have several signatures while the secret is replaced', async () => {
    const { payload, headers } = fromResend(bounce('resend', mail));
    const several = { ...headers, 'svix-signature': `v1,AAAA v1a,BBBB ${headers['svix-signature']}` };
    expect((await deliver(app, 'resend', { payload, headers: several })).status).toBe(200);
    expect((await stateOf(app, mail))[0]).toBe('bounced');
  });

  it.each(PROVIDERS)('of %s may have any shape without doing harm', async (provider) => {
    const whole = bounce(provider, mail);
    const odd: unknown[] = [{}, null, 'x', 7, [], [[]], { __proto__: null, toString: 1 }, 'a\u0000\uD800'];
    const changed = Object.keys(whole).flatMap((name) => odd.map((value) => ({ ...whole, [name]: value })));
    for (const event of [...changed, ...odd.map((data) => ({ ...whole, data }))]) {
      expect([JSON.stringify(event).slice(0, 80), (await send(provider, event))[0]]).toEqual([expect.any(String), 200]);
    }
  });

  it('are JSON of at most 64 KiB, an object or a list', async () => {
    const { headers } = fromPostmark({});
    const answer = async (payload: string, type = 'application/json') => {
      const { status, body } = await deliver(app, 'postmark', { payload, headers: { ...headers, 'content-type': type } });
      return [status, body.code];
    };
    expect(await answer('{"RecordType":')).toEqual([400, 'request.malformed']);
    expect(await answer('7')).toEqual([422, 'request.invalid']);
    expect(await answer('')).toEqual([422, 'request.invalid']);
    expect(await answer('a=b', 'application/x-www-form-urlencoded')).toEqual([415, 'request.unsupported_media_type']);
    expect(await answer(`[${' '.repeat(70_000)}]`)).toEqual([413, 'request.too_large']);
    expect(await answer('{}', 'text/plain')).toEqual([200, undefined]);
    const elsewhere = await app.call('POST', '/v1/auth/login', { payload: '{}', headers: { 'content-type': 'text/plain' } });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([415, 'request.unsupported_media_type']);
  });

  it('have no address for providers that are unknown, or not in the settings', async () => {
    for (const provider of ['sparkpost', 'SES', 'constructor', 'ses%00'])
      expect((await deliver(app, provider, fromPostmark({}))).body.code).toBe('route.not_found');
    const closed = await sharedApp();
    try {
      for (const provider of ['ses', ...PROVIDERS])
        expect((await deliver(closed, provider, fromPostmark({}))).body.code).toBe('route.not_found');
    } finally {
      await closed.stop();
    }
  });

  it('find their mail by fields that only these providers get, and take out', async () => {
    const { email } = await register(app);
    const { headers, messageId } = await app.mailbox.newest(email);
    const id = String(messageId).slice(1, 37);
    const found = Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value]));
    expect(found['x-pm-metadata-latchkey-mail']).toBe(id);
    expect(JSON.parse(String(found['x-smtpapi']))).toEqual({ unique_args: { latchkey_mail: id } });
  });
});
