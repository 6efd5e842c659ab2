import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register } from './support/accounts.js';
import { createDatabase } from './support/databases.js';
import { type TestApp, startApp } from './support/start-app.js';

describe('a node with MAIL_WORKER=off', () => {
  const nodes: TestApp[] = [];
  let databaseUrl: string;
  beforeAll(async () => {
    databaseUrl = await createDatabase();
  });
  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  const start = async (environment: Record<string, string>): Promise<TestApp> => {
    const node = await startApp(environment, databaseUrl);
    nodes.push(node);
    return node;
  };

  it('queues mails, and leaves sending them to a node that does', async () => {
    const queueing = await start({ MAIL_WORKER: 'off' });
    const { email } = await register(queueing);
    const waiting = await queueing.rows('SELECT state FROM mails WHERE recipient = $1', [email]);
    expect(waiting).toEqual([{ state: 'queued' }]);

    // Each of the two has a mail server of its own.
    const sending = await start({});
    expect((await sending.mailbox.newest(email)).secretCode).toMatch(/^\d{8}$/);
    expect(queueing.mailbox.count(email)).toBe(0);
  });
});
