import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DeliveriesRepository } from '../../src/webhooks/deliveries.repository.js';
import { WebhookDispatcher } from '../../src/webhooks/dispatcher.service.js';
import { register, signedInAs } from '../support/accounts.js';
import { poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';
import { TO_THIS_MACHINE, WebhookReceiver, addWebhook } from '../support/webhook-receiver.js';

describe('webhooks of several servers', () => {
  let nodes: TestApp[] = [];
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
  });
  beforeEach(() => receiver.reset());
  afterEach(async () => {
    for (const node of nodes.splice(0).toReversed()) await node.stop();
  });
  afterAll(() => receiver.stop());

  it('send each event once', async () => {
    const first = await startApp(TO_THIS_MACHINE);
    nodes = [first, ...(await Promise.all([1, 2].map(() => startApp(TO_THIS_MACHINE, first.settings.DATABASE_URL))))];
    const admin = await signedInAs(first, 'admin');
    await addWebhook(first, admin.accessToken, receiver, { types: ['account.registered'] });
    await Promise.all(Array.from({ length: 60 }, (_, i) => register(nodes[i % 3] ?? first)));
    await receiver.await('account.registered', 60);
    await poll('all settled', async () =>
      (await first.rows(`SELECT FROM webhook_deliveries WHERE state <> 'delivered'`)).length === 0 ? true : undefined,
    );
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(60);
    expect(receiver.received).toHaveLength(60);
    expect(receiver.forged).toEqual([]);
  });

  it('take over what a dead one had claimed, and what a stopped one did not finish', async () => {
    const first = await startApp(TO_THIS_MACHINE);
    nodes = [first];
    const admin = await signedInAs(first, 'admin');
    const id = await addWebhook(first, admin.accessToken, receiver, { types: ['account.registered'] });
    await first.nest.get(WebhookDispatcher).onModuleDestroy();
    await register(first);
    const claimed = await first.nest.get(DeliveriesRepository).claim(new Map([[id, 1]]), 60);
    expect(claimed).toHaveLength(1);
    receiver.answer = () => {};
    const second = await startApp(TO_THIS_MACHINE, first.settings.DATABASE_URL);
    expect(await first.nest.get(DeliveriesRepository).claim(new Map([[id, 1]]), 60)).toEqual([]);
    await first.rows(`UPDATE webhook_deliveries SET leased_until = now() - interval '1 second'`);
    await receiver.await('account.registered');
    await second.stop();
    const [row] = await first.rows('SELECT state, attempts, leased_until FROM webhook_deliveries');
    expect(row).toEqual({ state: 'pending', attempts: 1, leased_until: null });
    receiver.answer = (response) => void response.writeHead(204).end();
    nodes.push(await startApp(TO_THIS_MACHINE, first.settings.DATABASE_URL));
    const twice = await receiver.await('account.registered', 2);
    expect(twice[0]?.id).toBe(twice[1]?.id);
  });
});
