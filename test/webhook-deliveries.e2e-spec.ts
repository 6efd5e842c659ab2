import { Resolver } from 'node:dns/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeliveriesRepository } from '../src/webhooks/deliveries.repository.js';
import { type TestUser, freshEmail, register, signedIn, signedInAs } from './support/accounts.js';
import { poll } from './support/poll.js';
import { type TestApp, sharedApp, startApp } from './support/start-app.js';
import { statementsWithValuesOf } from './support/statements.js';
import { TO_THIS_MACHINE, WebhookReceiver, addWebhook, hurry } from './support/webhook-receiver.js';

/** A delivery as administrators see it. */
interface Shown {
  id: string;
  eventId: string;
  type: string;
  state: string;
  attempt: number;
  status: number | null;
  error: string | null;
  response: string | null;
  nextAt: string | null;
}

describe('deliveries of webhooks', () => {
  let app: TestApp;
  let admin: TestUser;
  let receiver: WebhookReceiver;
  const token = () => ({ token: admin.accessToken });

  const list = async (id: string, query = ''): Promise<Shown[]> =>
    (await app.get(`/v1/webhooks/${id}/deliveries?${query}`, token())).body.data;
  /** The newest delivery, once it is as wanted. */
  const reaches = (id: string, wanted: Partial<Shown>): Promise<Shown> =>
    poll(`a delivery with ${JSON.stringify(wanted)}`, async () => {
      const [newest] = await list(id);
      return newest !== undefined && Object.entries(wanted).every(([name, value]) => newest[name as keyof Shown] === value)
        ? newest
        : undefined;
    });
  const endpointOf = async (id: string) => (await app.get(`/v1/webhooks/${id}`, token())).body;

  beforeAll(async () => {
    [app, receiver] = await Promise.all([sharedApp(TO_THIS_MACHINE), WebhookReceiver.start()]);
    admin = await signedInAs(app, 'admin');
  });
  beforeEach(async () => {
    await app.rows('DELETE FROM webhook_endpoints');
    receiver.reset();
  });
  afterAll(async () => {
    await receiver.stop();
    await app.stop();
  });

  it('are tried again with the same id until the receiver takes them', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    receiver.answer = (response) => void response.writeHead(500).end('out of order\0');
    await register(app);
    const failed = await reaches(id, { state: 'failed' });
    expect(failed).toMatchObject({ attempt: 1, status: 500, error: null, response: 'out of order' });
    const waits = Date.parse(String(failed.nextAt)) - Date.now();
    expect(waits).toBeGreaterThan(0);
    expect(waits).toBeLessThan(7_000);
    expect((await endpointOf(id)).failingSince).not.toBeNull();
    receiver.answer = (response) => void response.writeHead(200).end('thanks');
    await hurry(app);
    const delivered = await reaches(id, { state: 'delivered' });
    expect(delivered).toMatchObject({ attempt: 2, status: 200, response: 'thanks', nextAt: null });
    expect(new Set(receiver.received.map((each) => each.id))).toEqual(new Set([delivered.eventId]));
    // Noted just after the deliveries.
    await poll('the endpoint works', async () => ((await endpointOf(id)).failingSince === null ? true : undefined));
    const [event] = await app.rows<{ action: string }>('SELECT action FROM audit_events WHERE id = $1', [delivered.eventId]);
    expect(event?.action).toBe('account.registered');
    expect(receiver.forged).toEqual([]);
  });

  it.each([
    [429, '600'],
    [503, new Date(Date.now() + 600_000).toUTCString()],
  ])('wait as long as a receiver asks for with %i', async (status, asked) => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    receiver.answer = (response) => void response.writeHead(status, { 'retry-after': asked }).end();
    await register(app);
    const failed = await reaches(id, { state: 'failed' });
    const wait = (Date.parse(String(failed.nextAt)) - Date.now()) / 1_000;
    expect(wait).toBeGreaterThan(500);
    expect(wait).toBeLessThan(721);
  });

  it.each([
    ['a redirect', 307, (url: string) => ({ location: `${url}/elsewhere` }), ''],
    ['a page of ten megabytes', 502, () => ({}), 'x'.repeat(10 * 1_024 * 1_024)],
  ])('fail at %s, of which only the beginning is kept', async (_, status, headersOf, body) => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    receiver.answer = (response) => void response.writeHead(status, headersOf(receiver.url)).end(body);
    await register(app);
    const failed = await reaches(id, { state: 'failed' });
    expect([failed.status, failed.response]).toEqual([status, body.slice(0, 2_048)]);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hooks']);
  });

  it('are given up after three days, and can be sent again: one, an event, or what has failed', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    receiver.answer = (response) => void response.writeHead(503).end();
    await register(app);
    await reaches(id, { state: 'failed' });
    await app.rows('UPDATE webhook_deliveries SET attempts = 9');
    await hurry(app);
    const dead = await reaches(id, { state: 'dead' });
    expect([dead.attempt, dead.nextAt]).toEqual([10, null]);
    receiver.reset();
    const replay = async (body: object) => (await app.post(`/v1/webhooks/${id}/replay`, body, token())).body;
    expect(await replay({ since: '2000-01-01', until: '2000-01-02' })).toEqual({ count: 0 });
    expect(await replay({ since: new Date(Date.now() - 60_000).toISOString() })).toEqual({ count: 1 });
    const again = await reaches(id, { state: 'delivered' });
    expect([again.id, again.attempt]).toEqual([dead.id, 1]);
    // What was delivered is not sent again by its time.
    expect(await replay({ since: '2000-01-01' })).toEqual({ count: 0 });
    expect(await replay({ eventId: dead.eventId })).toEqual({ count: 1 });
    await receiver.await('account.registered', 2);
    await reaches(id, { state: 'delivered' });
    const retried = await app.post(`/v1/webhooks/${id}/deliveries/${dead.id}/retry`, undefined, token());
    expect([retried.status, retried.body.state]).toEqual([202, 'pending']);
    await receiver.await('account.registered', 3);
    expect(new Set(receiver.received.map((each) => each.id))).toEqual(new Set([dead.eventId]));
    for (const body of [{}, { since: 'yesterday' }, { eventId: 'x' }, { until: '2026-01-01' }])
      expect((await app.post(`/v1/webhooks/${id}/replay`, body, token())).status).toBe(422);
    expect((await app.post(`/v1/webhooks/${id}/deliveries/99999999/retry`, undefined, token())).body.code).toBe(
      'webhook.delivery_not_found',
    );
  });

  it('are listed page by page, and show the body that is sent', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    for (let i = 0; i < 3; i += 1) await register(app);
    await receiver.await('account.registered', 3);
    await poll('all delivered', async () => ((await list(id, 'state=delivered')).length === 3 ? true : undefined));
    const first = (await app.get(`/v1/webhooks/${id}/deliveries?limit=2&state=delivered`, token())).body;
    const second = (await app.get(`/v1/webhooks/${id}/deliveries?limit=2&state=delivered&cursor=${first.nextCursor}`, token())).body;
    expect([...first.data, ...second.data]).toEqual(await list(id));
    expect(second.nextCursor).toBeNull();
    expect((await app.get(`/v1/webhooks/${id}/deliveries?cursor=${first.nextCursor}`, token())).status).toBe(422);
    const [newest] = await list(id);
    const { event, ...delivery } = (await app.get(`/v1/webhooks/${id}/deliveries/${newest?.id}`, token())).body;
    expect(delivery).toEqual(newest);
    expect(receiver.received.map((each) => each.event)).toContainEqual(event);
    expect((await app.get(`/v1/webhooks/${id}/deliveries/x`, token())).body.code).toBe('webhook.delivery_not_found');
  });

  it('disable a webhook at once when its receiver is gone, and tell every administrator once', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    await app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [admin.id]);
    receiver.answer = (response) => void response.writeHead(410).end();
    await register(app);
    await reaches(id, { state: 'dead' });
    expect(await poll('a disabled webhook', async () => (await endpointOf(id)).disabledReason ?? undefined)).toBe('gone');
    const mail = await app.mailbox.newest(admin.email, undefined, 'webhook');
    const { host } = new URL(receiver.url);
    expect([mail.subject, mail.text?.includes(host)]).toEqual(['A webhook of Latchkey was disabled', true]);
    const mails = await app.rows(`SELECT FROM mails WHERE kind = 'webhook-disabled'`);
    expect(mails).toHaveLength(1);
    const events = await app.rows(`SELECT actor_id, details FROM audit_events WHERE action = 'webhook.disabled' AND subject_id = $1`, [id]);
    expect(events).toEqual([{ actor_id: null, details: { host, reason: 'gone' } }]);
    // It begins anew when it is enabled, and what waits for it comes then.
    expect((await app.post(`/v1/webhooks/${id}/replay`, { since: '2000-01-01' }, token())).body.code).toBe('webhook.disabled');
  });

  it('disable no webhook by what the address before said', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    let answerLate: (() => void) | undefined;
    receiver.answer = (response) => void (answerLate = () => void response.writeHead(410).end());
    await register(app);
    const late = await poll('a request under way', () => Promise.resolve(answerLate));
    await app.rows(`UPDATE webhook_endpoints SET failing_since = now() - interval '121 hours'`);
    const moved = await app.call('PATCH', `/v1/webhooks/${id}`, { ...token(), body: { url: `${receiver.url}/moved` } });
    expect(moved.body).toMatchObject({ url: `${receiver.url}/moved`, failingSince: null });
    receiver.answer = (response) => void response.writeHead(500).end();
    late();
    await reaches(id, { state: 'dead', status: 410 });
    await register(app);
    await reaches(id, { state: 'failed', status: 500 });
    expect((await endpointOf(id)).enabled).toBe(true);
  });

  it('disable a webhook that has failed for five days', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    receiver.answer = (response) => void response.writeHead(500).end();
    await register(app);
    await reaches(id, { state: 'failed' });
    await app.rows(`UPDATE webhook_endpoints SET failing_since = now() - interval '119 hours'`);
    await hurry(app);
    await reaches(id, { attempt: 2, state: 'failed' });
    expect((await endpointOf(id)).enabled).toBe(true);
    await app.rows(`UPDATE webhook_endpoints SET failing_since = now() - interval '121 hours'`);
    await hurry(app);
    expect(await poll('a disabled webhook', async () => (await endpointOf(id)).disabledReason ?? undefined)).toBe('failing');
    receiver.reset();
    const enabled = await app.call('PATCH', `/v1/webhooks/${id}`, { ...token(), body: { enabled: true } });
    expect(enabled.body).toMatchObject({ enabled: true, disabledReason: null, failingSince: null });
    await hurry(app);
    await reaches(id, { state: 'delivered' });
  });

  it('are not held up by a receiver that hangs', async () => {
    const hanging = await WebhookReceiver.start();
    hanging.answer = () => {};
    const slow = await addWebhook(app, admin.accessToken, hanging, { types: ['account.registered'] });
    const quick = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    await Promise.all(Array.from({ length: 30 }, () => register(app)));
    await receiver.await('account.registered', 30);
    await poll('all delivered', async () => ((await list(quick, 'state=delivered&limit=100')).length === 30 ? true : undefined));
    expect(await list(slow, 'state=delivered')).toEqual([]);
    // A quarter of all attempts, and no more.
    expect(hanging.received).toHaveLength(10);
    await app.rows('DELETE FROM webhook_endpoints WHERE id = $1', [slow]);
    await hanging.stop();
  });

  it('tell of versions, so that receivers can put them in order', async () => {
    await addWebhook(app, admin.accessToken, receiver, { types: ['account.*', 'session.ended'] });
    const user = await signedIn(app);
    const patch = (body: object) => app.call('PATCH', '/v1/users/me', { token: user.accessToken, body });
    await patch({ firstName: 'Ada' });
    await patch({ firstName: 'Grace', lastName: 'Hopper' });
    const [one, two] = await receiver.await('account.updated', 2);
    const version = async () => (await app.get(`/v1/users/${user.id}`, token())).headers['etag'];
    expect([one?.event.data, two?.event.data].toSorted((a, b) => a.version - b.version)).toEqual([
      { accountId: user.id, version: 2, actorId: user.id, fields: ['firstName'] },
      { accountId: user.id, version: 3, actorId: user.id, fields: ['firstName', 'lastName'] },
    ]);
    expect(await version()).toBe('"3"');
    await app.call('DELETE', `/v1/users/${user.id}`, token());
    const [gone] = await receiver.await('account.deleted');
    expect(gone?.event.data).toEqual({ accountId: user.id, version: null, actorId: admin.id });
  });

  it('tell of a claim that a trigger of the database takes away', async () => {
    await addWebhook(app, admin.accessToken, receiver, { types: ['email.claim_lost'] });
    const [email, number] = [freshEmail(), '+12025550123'];
    // An address that was added to an account with a proven number, and that nobody has proven.
    const loser = await register(app);
    await app.rows(
      `UPDATE users SET email_claimed = true, email = $2, email_key = $2, mobile = $3, mobile_key = $3, mobile_verified_at = now() WHERE id = $1`,
      [loser.id, email, number],
    );
    await register(app, { email });
    const [lost] = await receiver.await('email.claim_lost');
    expect(lost?.event.data).toEqual({ accountId: loser.id, version: expect.any(Number), actorId: null });
    expect(receiver.forged).toEqual([]);
  });

  it('are queued with the act, or not at all', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    const email = freshEmail();
    await register(app, { email });
    // The same address again: recorded as a failure, which nobody is told of.
    await app.post('/v1/auth/register', { email, password: 'four bright birds sing' });
    await receiver.await('account.registered');
    expect(await app.rows('SELECT FROM webhook_deliveries WHERE endpoint_id = $1', [id])).toHaveLength(1);
  });

  it('are deleted when they are old, and those whose webhook is gone', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    await register(app);
    await reaches(id, { state: 'delivered' });
    const deliveries = app.nest.get(DeliveriesRepository);
    await deliveries.purge(30);
    expect(await list(id)).toHaveLength(1);
    await app.rows(`UPDATE webhook_deliveries SET created_at = now() - interval '31 days'`);
    await app.rows(
      `INSERT INTO webhook_deliveries (endpoint_id, event_id, event_at, type) VALUES (gen_random_uuid(), 1, now(), 'account.registered')`,
    );
    await deliveries.purge(30);
    await deliveries.purgeForgotten(30);
    expect(await app.rows('SELECT FROM webhook_deliveries')).toEqual([]);
  });
});

describe('with many deliveries', () => {
  it('looks at those that are due, or old, or asked for, and at no others', async () => {
    const app = await startApp({ ...TO_THIS_MACHINE, MAIL_WORKER: 'off' });
    const admin = await signedInAs(app, 'admin');
    const receiver = await WebhookReceiver.start();
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['book.*'] });
    await app.rows(
      `INSERT INTO webhook_deliveries (endpoint_id, event_id, event_at, type, state, next_at, created_at)
       SELECT $1, n, now(), 'account.registered', CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'delivered' END,
              now() + interval '1 day' * (n % 2000 / 1000), now() - n * interval '1 minute'
       FROM generate_series(1, 40000) AS n`,
      [id],
    );
    await app.rows('ANALYZE webhook_deliveries');
    const deliveries = app.nest.get(DeliveriesRepository);
    const statements = await statementsWithValuesOf(async () => {
      await deliveries.claim(new Map([[id, 5]]), 60);
      await deliveries.find(id, {}, 20);
      await deliveries.purge(20);
    });
    const client = await app.db.connect();
    const plans: string[] = [];
    await client.query('BEGIN');
    for (const { sql, values } of statements.filter(({ sql }) => sql.includes('set_config') || sql.includes('webhook_deliveries'))) {
      if (sql.includes('set_config')) await client.query(sql);
      else
        plans.push(
          (await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [...values])).rows.map((row) => row['QUERY PLAN']).join('\n'),
        );
    }
    await client.query('ROLLBACK');
    client.release();
    expect(plans).toHaveLength(3);
    expect(plans[0]).toContain('ix_webhook_deliveries_due');
    expect(plans[1]).toContain('pk_webhook_deliveries');
    expect(plans[2]).toContain('ix_webhook_deliveries_done');
    expect(plans.join('\n')).not.toContain('Seq Scan on webhook_deliveries');
    await receiver.stop();
    await app.stop();
  });
});

describe('a name whose address changes after it was registered', () => {
  afterAll(() => void vi.restoreAllMocks());

  it('leads to no address of this network', async () => {
    const app = await sharedApp();
    const receiver = await WebhookReceiver.start();
    const { accessToken } = await signedInAs(app, 'admin');
    const url = `https://rebinding.example:${new URL(receiver.url).port}`;
    const { body } = await app.post('/v1/webhooks', { url, types: ['account.registered'] }, { token: accessToken });
    const asked = vi.spyOn(Resolver.prototype, 'resolve4').mockResolvedValue(['127.0.0.1'] as never);
    vi.spyOn(Resolver.prototype, 'resolve6').mockResolvedValue([] as never);
    await register(app);
    const failed = await poll('a failed delivery', async () => {
      const [newest] = (await app.get(`/v1/webhooks/${body.id}/deliveries`, { token: accessToken })).body.data as Shown[];
      return newest?.state === 'failed' ? newest : undefined;
    });
    expect([failed.status, failed.error]).toEqual([null, 'rebinding.example is no public address']);
    expect(asked).toHaveBeenCalledWith('rebinding.example');
    expect(receiver.received).toEqual([]);
    await receiver.stop();
    await app.stop();
  });
});
