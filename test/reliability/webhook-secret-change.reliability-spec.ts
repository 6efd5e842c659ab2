import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { register, signedInAs } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';
import { TO_THIS_MACHINE, WebhookReceiver, addWebhook } from '../support/webhook-receiver.js';

const OLD = 'the-former-root-secret-0123456789abcdefghijklmnop';
const NEXT = 'the-coming-root-secret-0123456789abcdefghijklmnop';

describe('secrets of webhooks, when APP_SECRET changes', () => {
  let receiver: WebhookReceiver;
  let running: TestApp | undefined;
  const start = async (environment: Record<string, string>, databaseUrl: string): Promise<TestApp> => {
    await running?.stop();
    running = undefined;
    running = await startApp({ ...TO_THIS_MACHINE, ...environment }, databaseUrl);
    return running;
  };
  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });
  afterAll(() => receiver.stop());

  it('are sealed under the new one by the first start, and sign all the while', async () => {
    const databaseUrl = await createDatabase();
    let app = await start({ APP_SECRET: OLD }, databaseUrl);
    const admin = await signedInAs(app, 'admin');
    // Two secrets, both of which are sealed.
    const id = await addWebhook(app, admin.accessToken, receiver, { types: ['account.registered'] });
    await app.post(`/v1/webhooks/${id}/secret`, undefined, { token: admin.accessToken });
    const sealed = async (): Promise<string[]> => {
      const [row] = await app.rows<{ secrets: string[] }>('SELECT ARRAY[secret, previous_secret] AS secrets FROM webhook_endpoints');
      return row?.secrets.map((secret) => String(secret.split('.')[0])) ?? [];
    };
    const before = await sealed();
    let count = 0;
    const signs = async (): Promise<void> => {
      await register(app);
      await receiver.await('account.registered', (count += 1));
    };
    await signs();
    app = await start({ APP_SECRET: NEXT, APP_SECRET_PREVIOUS: OLD }, databaseUrl);
    await signs();
    await poll('secrets under the new key', async () => ((await sealed()).some((each) => before.includes(each)) ? undefined : true));
    app = await start({ APP_SECRET: NEXT }, databaseUrl);
    await signs();
    expect(receiver.received.map(({ headers }) => headers['webhook-signature']?.split(' ').length)).toEqual([2, 2, 2]);
    expect(receiver.forged).toEqual([]);
  });
});
