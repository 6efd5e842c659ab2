import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register } from './support/accounts.js';
import { poll } from './support/poll.js';
import { SmtpReceiver } from './support/smtp-receiver.js';
import { type TestApp, startApp } from './support/start-app.js';

/** More than a server sends unless it is told. */
const AT_ONCE = 6;

describe('MAIL_CONCURRENCY', () => {
  let receiver: SmtpReceiver;
  let app: TestApp;
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let arrived = 0;
  beforeAll(async () => {
    receiver = await SmtpReceiver.start(() => {
      arrived += 1;
      return opened;
    });
    app = await startApp({ SMTP_URL: receiver.url, MAIL_CONCURRENCY: String(AT_ONCE) });
  });
  afterAll(async () => {
    open();
    await app.stop();
    await receiver.stop();
  });

  it('mails are on their way at the same time, each with a connection of the database, and all arrive', async () => {
    const people = await Promise.all(Array.from({ length: AT_ONCE + 2 }, () => register(app)));
    await poll('mails at the same time', () => (arrived === AT_ONCE ? true : undefined));
    const [used] = await app.rows<{ connections: number }>(
      `SELECT count(*)::int AS connections FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'latchkey-mail'`,
    );
    expect(used?.connections).toBeLessThanOrEqual(AT_ONCE + 1);
    open();
    for (const { email } of people) expect(await receiver.mailTo(email)).toContain(email);
  });
});
