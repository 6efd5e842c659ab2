import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshEmail, signedInAs } from '../support/accounts.js';
import { CopiedHouse } from '../support/copied-house.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';
import { TO_THIS_MACHINE, WebhookReceiver, addWebhook } from '../support/webhook-receiver.js';

const APP_SECRET = 'only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz';
const SIGN_UPS = 12;

describe('webhooks of a server that is killed', () => {
  const house = new CopiedHouse();
  let receiver: WebhookReceiver;
  let survivor: TestApp | undefined;
  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    house.build();
  });
  afterAll(async () => {
    await survivor?.stop();
    await house.clear();
    await receiver.stop();
  });

  it('come all the same, with the ids under which they were under way', async () => {
    const databaseUrl = await createDatabase();
    // It records, and sends nothing.
    const quiet = await startApp({ ...TO_THIS_MACHINE, MAIL_WORKER: 'off' }, databaseUrl);
    const admin = await signedInAs(quiet, 'admin');
    await addWebhook(quiet, admin.accessToken, receiver, { types: ['account.registered'] });
    // Takes every request, and answers none.
    receiver.answer = () => {};
    const url = await house.start({ ...TO_THIS_MACHINE, DATABASE_URL: databaseUrl, APP_SECRET, RATE_LIMIT: 'off', PROOF_OF_WORK: 'off' });
    for (let i = 0; i < SIGN_UPS; i += 1) {
      const answer = await fetch(`${url}/v1/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: freshEmail(), password: 'four bright birds sing' }),
      });
      expect(answer.status).toBe(201);
    }
    // Some are under way, the others are committed and not yet claimed: at most a quarter of 40 goes to one receiver.
    const first = await poll('requests under way', () =>
      Promise.resolve(receiver.received.length >= 10 ? [...receiver.received] : undefined),
    );
    await house.kill();
    const events = await quiet.rows<{ id: string }>(`SELECT id FROM audit_events WHERE action = 'account.registered' AND actor_id <> $1`, [
      admin.id,
    ]);
    expect(events).toHaveLength(SIGN_UPS);
    expect(await quiet.rows(`SELECT FROM webhook_deliveries WHERE state <> 'pending'`)).toEqual([]);
    receiver.answer = (response) => void response.writeHead(204).end();
    const [lease] = await quiet.rows<{ seconds: number }>(
      'SELECT extract(epoch FROM max(leased_until) - now())::int AS seconds FROM webhook_deliveries',
    );
    expect(lease?.seconds).toBeLessThanOrEqual(60);
    // A minute passes.
    await quiet.rows('UPDATE webhook_deliveries SET leased_until = now()');
    survivor = await startApp(TO_THIS_MACHINE, databaseUrl);
    await poll('all delivered', async () =>
      (await quiet.rows(`SELECT FROM webhook_deliveries WHERE state <> 'delivered'`)).length === 0 ? true : undefined,
    );
    expect(new Set(receiver.received.map(({ id }) => id))).toEqual(new Set(events.map(({ id }) => id)));
    // Those that were under way came twice, each with the same id.
    expect(receiver.received).toHaveLength(SIGN_UPS + first.length);
    expect(receiver.forged).toEqual([]);
    await quiet.stop();
  });
});
