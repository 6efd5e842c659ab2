import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DeliveriesService } from '../src/mail/deliveries.service.js';
import { MailRepository } from '../src/mail/mail.repository.js';
import { PASSWORD, freshEmail, register, signIn, signedIn } from './support/accounts.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const TOKEN = 'webhook-token-of-these-tests-0123456789';

interface MailRow {
  id: string;
  message_id: string;
  state: string;
  attempts: number;
  last_error: string | null;
  sent_at: Date | null;
}

describe('reports of a mail provider', () => {
  let app: TestApp;
  let mail: MailRow;
  let email: string;
  let userId: string;
  beforeAll(async () => {
    app = await startApp({ MAIL_WEBHOOK_TOKEN: TOKEN });
  });
  afterAll(() => app.stop());

  const report = (body: unknown, token: string | undefined = TOKEN): Promise<Answer> => app.post('/v1/mail/bounces', body, { token });
  const rowOf = async (recipient: string): Promise<MailRow | undefined> => {
    const [row] = await app.rows<MailRow>('SELECT * FROM mails WHERE recipient = $1', [recipient]);
    return row;
  };
  const sentMailTo = (recipient: string): Promise<MailRow> =>
    poll('the mail to be sent', async () => {
      const row = await rowOf(recipient);
      return row?.state === 'sent' ? row : undefined;
    });

  beforeEach(async () => {
    ({ email, id: userId } = await register(app));
    mail = await sentMailTo(email);
  });

  it('are noted on the mail', async () => {
    expect((await report({ messageId: mail.message_id, kind: 'bounce', detail: '550 5.1.1 no such mailbox' })).status).toBe(204);
    expect(await rowOf(email)).toMatchObject({ state: 'bounced', last_error: 'bounce: 550 5.1.1 no such mailbox', sent_at: mail.sent_at });
  });

  it('come one by one or as a list, with or without angle brackets and detail', async () => {
    const second = await register(app);
    const other = await sentMailTo(second.email);
    const list = [
      { messageId: mail.message_id.slice(1, -1), kind: 'complaint' },
      { messageId: other.message_id, kind: 'bounce', detail: 'full\r\nof lines' },
    ];
    expect((await report(list)).status).toBe(204);
    expect(await rowOf(email)).toMatchObject({ state: 'bounced', last_error: 'complaint' });
    expect(await rowOf(second.email)).toMatchObject({ state: 'bounced', last_error: 'bounce: full of lines' });
    expect((await report([])).status).toBe(204);
  });

  it('may have a Message-ID in capitals and an empty reason, and keep whole characters of a long one', async () => {
    const others = [await register(app), await register(app)];
    const [second, third] = [await sentMailTo(others[0]?.email ?? ''), await sentMailTo(others[1]?.email ?? '')];
    const list = [
      { messageId: ` ${mail.message_id.toUpperCase()} `, kind: 'bounce', detail: null },
      { messageId: second.message_id, kind: 'complaint', detail: ' \r\n ' },
      { messageId: third.message_id, kind: 'bounce', detail: `${'x'.repeat(491)}😀😀` },
    ];
    expect((await report(list)).status).toBe(204);
    const reasons = await Promise.all([email, ...others.map((each) => each.email)].map(async (each) => (await rowOf(each))?.last_error));
    expect(reasons).toEqual(['bounce', 'complaint', `bounce: ${'x'.repeat(491)}😀`]);
  });

  it('change nothing when they come again', async () => {
    await report({ messageId: mail.message_id, kind: 'bounce', detail: 'first' });
    expect((await report({ messageId: mail.message_id, kind: 'complaint', detail: 'second' })).status).toBe(204);
    expect(await rowOf(email)).toMatchObject({ state: 'bounced', last_error: 'bounce: first' });
  });

  it.each([
    ['an unknown mail', (known: string) => known.replace(/^<.{8}/, '<00000000')],
    ['a mail of another sender', (known: string) => known.replace(/@.*/, '@elsewhere.example>')],
    ['a Message-ID that is none of ours', () => '<20261121.1234@mail.example>'],
    ['no Message-ID at all', () => "'; DROP TABLE mails; --"],
  ])('about %s are accepted and change nothing', async (_, spell) => {
    expect((await report({ messageId: spell(mail.message_id), kind: 'bounce' })).status).toBe(204);
    expect(await rowOf(email)).toMatchObject({ state: 'sent', last_error: null });
  });

  it('about a mail of an account that was deleted are accepted', async () => {
    const { accessToken: token } = await signIn(app, email);
    expect((await app.call('DELETE', '/v1/users/me', { token, body: { password: PASSWORD } })).status).toBe(204);
    expect(await rowOf(email)).toBeUndefined();
    expect((await report({ messageId: mail.message_id, kind: 'bounce' })).status).toBe(204);
    expect(await app.rows('SELECT 1 FROM mails WHERE id = $1', [mail.id])).toEqual([]);
  });

  it.each(['dropped', 'failed'])('change nothing about a mail that was %s', async (state) => {
    await app.rows(`UPDATE mails SET state = $2, last_error = 'before' WHERE id = $1`, [mail.id, state]);
    expect((await report({ messageId: mail.message_id, kind: 'bounce' })).status).toBe(204);
    expect(await rowOf(email)).toMatchObject({ state, last_error: 'before' });
  });

  it('stop a mail that would be tried again, and outlast the word that it was sent', async () => {
    await app.rows(`UPDATE mails SET state = 'queued', sent_at = NULL WHERE id = $1`, [mail.id]);
    await report({ messageId: mail.message_id, kind: 'bounce', detail: 'gone' });
    expect(await app.nest.get(MailRepository).claim(mail.id, 60)).toBeNull();
    await app.nest.get(MailRepository).markSent(mail.id);
    expect(await rowOf(email)).toMatchObject({ state: 'bounced', last_error: 'bounce: gone', sent_at: expect.any(Date) });
  });

  it('are refused when they are malformed, with the place of the mistake', async () => {
    const single = await report({ messageId: 7, kind: 'opened', more: true });
    expect(single.status).toBe(422);
    expect(single.body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual(['/kind', '/messageId', '/more']);
    const list = await report([{ messageId: mail.message_id, kind: 'bounce' }, { kind: 'bounce' }]);
    expect(list.body.errors).toMatchObject([{ pointer: '/1/messageId' }]);
    const unstorable = await report([{ messageId: mail.message_id, kind: 'bounce', detail: 'no\u0000body' }]);
    expect(unstorable.body.errors).toMatchObject([{ pointer: '/0/detail', rule: 'isText' }]);
    for (const [field, value] of [
      ['messageId', ''],
      ['messageId', 'x'.repeat(999)],
      ['messageId', [mail.message_id]],
      ['messageId', null],
      ['kind', 'Bounce'],
      ['kind', { $ne: null }],
      ['detail', 'x'.repeat(5_001)],
      ['detail', 550],
    ] as const) {
      const answer = await report({ messageId: mail.message_id, kind: 'bounce', [field]: value });
      expect([answer.status, answer.body.errors?.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([422, [`/${field}`]]);
    }
    for (const body of [[[]], ['text'], [null], Array(501).fill({ messageId: 'x', kind: 'bounce' })])
      expect((await report(body)).status).toBe(422);
    expect(await rowOf(email)).toMatchObject({ state: 'sent' });
  });

  it('are read as JSON only, and up to 64 KiB', async () => {
    const headers = (type: string) => ({ authorization: `Bearer ${TOKEN}`, 'content-type': type });
    const send = async (body: string, type = 'application/json') => {
      const answer = await app.call('POST', '/v1/mail/bounces', { body, headers: headers(type) });
      return [answer.status, answer.body?.code];
    };
    expect(await send('{"messageId":')).toEqual([400, 'request.malformed']);
    expect(await send('')).toEqual([422, 'request.invalid']);
    expect(await send('messageId=x&kind=bounce', 'application/x-www-form-urlencoded')).toEqual([415, 'request.unsupported_media_type']);
    expect(await send(`[${' '.repeat(70_000)}]`)).toEqual([413, 'request.too_large']);
  });

  it('need the token, which is no access token and not just any', async () => {
    const { accessToken } = await signedIn(app);
    for (const token of [undefined, accessToken, TOKEN.slice(1), `${TOKEN}x`, '']) {
      const answer = await app.post('/v1/mail/bounces', { messageId: mail.message_id, kind: 'bounce' }, { token });
      expect([answer.status, answer.body.code, answer.headers['www-authenticate']]).toEqual([401, 'access.unauthenticated', 'Bearer']);
    }
    const lowerCase = { authorization: `bearer ${TOKEN}` };
    expect((await app.post('/v1/mail/bounces', [], { headers: lowerCase })).status).toBe(204);
    expect(await rowOf(email)).toMatchObject({ state: 'sent' });
  });

  it('have no address without the setting', async () => {
    const closed = await sharedApp();
    try {
      for (const token of [undefined, TOKEN, '']) {
        expect((await closed.post('/v1/mail/bounces', { messageId: mail.message_id, kind: 'bounce' }, { token })).body.code).toBe(
          'route.not_found',
        );
      }
    } finally {
      await closed.stop();
    }
  });

  it('are what support finds by account and by address', async () => {
    await report({ messageId: mail.message_id, kind: 'bounce', detail: 'no such mailbox' });
    const deliveries = app.nest.get(DeliveriesService);
    const found = {
      id: mail.id,
      kind: 'confirm-email',
      userId,
      recipient: email,
      state: 'bounced',
      attempts: 1,
      lastError: 'bounce: no such mailbox',
    };
    expect(await deliveries.find({ userId }, 10)).toMatchObject([found]);
    expect(await deliveries.find({ recipient: email.toUpperCase() }, 10)).toMatchObject([found]);
    expect(await deliveries.find({ userId, recipient: freshEmail() }, 10)).toEqual([]);
    expect(await deliveries.find({ recipient: email }, 10, mail.id)).toEqual([]);
  });
});
