import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, signedIn, signedInAs } from './support/accounts.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';
import { TO_THIS_MACHINE, WebhookReceiver, addWebhook } from './support/webhook-receiver.js';

describe('webhooks, as administrators register them', () => {
  let app: TestApp;
  let admin: TestUser;
  let receiver: WebhookReceiver;
  const token = () => ({ token: admin.accessToken });
  const patch = (id: string, body: unknown, headers = {}): Promise<Answer> =>
    app.call('PATCH', `/v1/webhooks/${id}`, { ...token(), body, headers });

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

  it('shows the secret once, and stores it sealed', async () => {
    const made = await app.post(
      '/v1/webhooks',
      { url: 'https://app.example.com/hooks?key=of-the-receiver', types: ['account.*'] },
      token(),
    );
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(String),
      url: 'https://app.example.com/hooks?key=of-the-receiver',
      types: ['account.*'],
      description: '',
      enabled: true,
      disabledReason: null,
      failingSince: null,
      previousSecretUntil: null,
      createdAt: expect.any(String),
      secret: expect.stringMatching(/^whsec_[A-Za-z\d+/]{43}=$/),
    });
    const { secret, ...shown } = made.body;
    const read = await app.get(`/v1/webhooks/${made.body.id}`, token());
    expect(read.body).toEqual(shown);
    expect((await app.get('/v1/webhooks', token())).body).toEqual({ data: [shown] });
    const [row] = await app.rows<{ row: string }>('SELECT e::text AS row FROM webhook_endpoints e');
    expect(row?.row).not.toContain(secret.slice(6));
    const events = await app.rows('SELECT action, actor_id, details FROM audit_events WHERE subject_id = $1', [made.body.id]);
    expect(events).toContainEqual({ action: 'webhook.created', actor_id: admin.id, details: { host: 'app.example.com' } });
  });

  it.each([
    [{ url: 'ftp://app.example.com' }, ['/url']],
    [{ url: 'https://user:secret@app.example.com' }, ['/url']],
    [{ url: 'https://app.example.com/#part' }, ['/url']],
    [{ url: 7, types: [] }, ['/types', '/url']],
    [{ types: ['account.registered', 'account.nothing', 'nothing.*', 'password.checked'] }, ['/types/1', '/types/2', '/types/3']],
    [{ types: 'account.*', enabled: 'yes', description: 'x'.repeat(201) }, ['/description', '/enabled', '/types']],
    [{ secret: 'whsec_mine' }, ['/secret']],
  ])('refuses %j', async (fields, pointers) => {
    const answer = await app.post('/v1/webhooks', { url: 'https://app.example.com', ...fields }, token());
    expect(answer.status).toBe(422);
    expect(new Set(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer))).toEqual(new Set(pointers));
  });

  it('changes what is sent, once per version, on record', async () => {
    const { body, headers } = await app.post('/v1/webhooks', { url: 'https://app.example.com' }, token());
    const ifMatch = { 'if-match': String(headers['etag']) };
    const changed = await patch(body.id, { types: ['session.opened'], description: 'CRM', enabled: false }, ifMatch);
    expect(changed.body).toMatchObject({ types: ['session.opened'], description: 'CRM', enabled: false, disabledReason: 'administrator' });
    expect((await patch(body.id, { description: 'ERP' }, ifMatch)).status).toBe(412);
    expect((await patch(body.id, { enabled: true })).body).toMatchObject({ enabled: true, disabledReason: null });
    expect((await patch(body.id, { enabled: true })).status).toBe(200);
    const events = await app.rows<{ details: object }>(
      `SELECT details FROM audit_events WHERE subject_id = $1 AND action = 'webhook.updated' ORDER BY id`,
      [body.id],
    );
    expect(events.map(({ details }) => details)).toEqual([
      { host: 'app.example.com', fields: 'types description enabled' },
      { host: 'app.example.com', fields: 'enabled' },
    ]);
  });

  it('tells only what was subscribed to, and nothing while it is disabled', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    const user = await signedIn(app);
    const [first] = await receiver.await('account.registered');
    expect(first?.event).toEqual({
      type: 'account.registered',
      timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
      data: { accountId: user.id, version: 1, actorId: user.id },
    });
    expect(first?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Latchkey-Webhooks/1' });
    await patch(id, { enabled: false });
    await signedIn(app);
    await patch(id, { enabled: true, types: ['session.*'] });
    const last = await signedIn(app);
    await receiver.await('session.opened');
    expect(receiver.received.map(({ event }) => [event.type, event.data.accountId])).toEqual([
      ['account.registered', user.id],
      ['session.opened', last.id],
    ]);
    expect(receiver.forged).toEqual([]);
  });

  it('signs with both secrets after a change of the secret', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    const rotated = await app.post(`/v1/webhooks/${id}/secret`, undefined, token());
    expect(rotated.status).toBe(201);
    const hours = (Date.parse(rotated.body.previousSecretUntil) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThan(25);
    await signedIn(app);
    await receiver.await('account.registered');
    expect(receiver.received[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect(receiver.forged).toEqual([]);
    receiver.secrets.splice(0, receiver.secrets.length, rotated.body.secret);
    await app.rows('UPDATE webhook_endpoints SET previous_until = now()');
    await signedIn(app);
    await receiver.await('account.registered', 2);
    expect(receiver.received[1]?.headers['webhook-signature']?.split(' ')).toHaveLength(1);
    expect(receiver.forged).toEqual([]);
  });

  it('pings one webhook alone, by the way of all events', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['book.*'] });
    const other = await WebhookReceiver.start();
    await addWebhook(app, admin.accessToken, other);
    expect((await app.post(`/v1/webhooks/${id}/ping`, undefined, token())).status).toBe(202);
    const [ping] = await receiver.await('webhook.pinged');
    expect(ping?.event.data).toEqual({ webhookId: id, actorId: admin.id });
    await signedIn(app);
    await other.await('account.registered');
    expect(other.of('webhook.pinged')).toEqual([]);
    await patch(id, { enabled: false });
    expect((await app.post(`/v1/webhooks/${id}/ping`, undefined, token())).body.code).toBe('webhook.disabled');
    await other.stop();
  });

  it('deletes one with its deliveries', async () => {
    const id = await addWebhook(app, admin.accessToken, receiver);
    await signedIn(app);
    await receiver.await('account.registered');
    expect((await app.call('DELETE', `/v1/webhooks/${id}`, token())).status).toBe(204);
    expect((await app.get(`/v1/webhooks/${id}`, token())).body.code).toBe('webhook.not_found');
    expect(await app.rows('SELECT FROM webhook_deliveries WHERE endpoint_id = $1', [id])).toEqual([]);
  });

  it('registers fifty at most', async () => {
    await app.rows(
      `INSERT INTO webhook_endpoints (id, url, types, secret, version) SELECT gen_random_uuid(), 'https://app.example.com', '{*}', 'x', 1 FROM generate_series(1, 50)`,
    );
    expect((await app.post('/v1/webhooks', { url: 'https://app.example.com' }, token())).body.code).toBe('webhook.too_many');
  });

  it('registers fifty at most, also when requests race', async () => {
    await app.rows(
      `INSERT INTO webhook_endpoints (id, url, types, secret, version) SELECT gen_random_uuid(), 'https://app.example.com', '{*}', 'x', 1 FROM generate_series(1, 48)`,
    );
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => app.post('/v1/webhooks', { url: 'https://app.example.com' }, token())),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(answers.filter(({ body }) => body.code === 'webhook.too_many')).toHaveLength(4);
  });

  it('wants a proof of the last five minutes from whoever has events sent elsewhere', async () => {
    const tired = await signedInAs(app, 'admin');
    const id = await addWebhook(app, tired.accessToken, receiver);
    await app.rows(`UPDATE sessions SET auth_time = now() - interval '6 minutes' WHERE user_id = $1`, [tired.id]);
    const { accessToken } = (await app.post('/v1/auth/refresh', { refreshToken: tired.refreshToken })).body;
    const asked = { token: accessToken, body: { url: 'https://app.example.com' } };
    const answers = [
      await app.call('POST', '/v1/webhooks', asked),
      await app.call('PATCH', `/v1/webhooks/${id}`, asked),
      await app.call('POST', `/v1/webhooks/${id}/secret`, { token: accessToken }),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual(Array.from({ length: 3 }, () => 'auth.step_up_required'));
    expect((await app.get('/v1/webhooks', asked)).status).toBe(200);
  });

  it('is for administrators alone', async () => {
    const user = await signedIn(app);
    const id = await addWebhook(app, admin.accessToken, receiver);
    const routes = [
      ['GET', ''],
      ['POST', ''],
      ...['GET', 'PATCH', 'DELETE'].map((method) => [method, `/${id}`]),
      ...['secret', 'ping', 'replay', 'deliveries/1/retry'].map((act) => ['POST', `/${id}/${act}`]),
      ...['deliveries', 'deliveries/1'].map((list) => ['GET', `/${id}/${list}`]),
    ] as ['GET' | 'POST' | 'PATCH' | 'DELETE', string][];
    for (const [method, path] of routes) {
      const refused = await Promise.all(
        [undefined, user.accessToken].map((bearer) => app.call(method, `/v1/webhooks${path}`, { token: bearer })),
      );
      expect([method, path, refused.map(({ status }) => status)]).toEqual([method, path, [401, 403]]);
    }
    expect((await app.get('/v1/events/types', { token: user.accessToken })).status).toBe(403);
  });
});

describe('webhooks of a server that may not call its own network', () => {
  it.each([
    'http://app.example.com',
    'https://127.0.0.1',
    'https://[::1]',
    'https://169.254.169.254/latest',
    'https://0x7f.1',
    'https://10.0.0.1',
  ])('are not sent to %s', async (url) => {
    const app = await sharedApp();
    const { accessToken } = await signedInAs(app, 'admin');
    const answer = await app.post('/v1/webhooks', { url }, { token: accessToken });
    expect([answer.status, answer.body.errors[0]]).toMatchObject([422, { pointer: '/url', rule: 'webhook.url_refused' }]);
    await app.stop();
  });
});
