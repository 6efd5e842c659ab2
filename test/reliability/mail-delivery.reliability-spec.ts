import { CATALOGUE, SETTINGS } from '../../src/capabilities.js';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../../src/common/ids.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadSettings } from '../../src/config/load-settings.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { DatabaseService } from '../../src/database/database.service.js';
import { MailSecretsRegistry } from '../../src/mail/mail-secrets.js';
import { JobsModule } from '../../src/jobs/jobs.module.js';
import { MailModule } from '../../src/mail/mail.module.js';
import { JobWorker } from '../../src/jobs/job-worker.js';
import { Mailbox } from '../../src/mail/mailbox/mailbox.js';
import { type MailRequest, OutboxService } from '../../src/mail/outbox.service.js';
import { createDatabase } from '../support/databases.js';
import { waitForDatabase } from '../support/patient-pool.js';
import { PATIENCE_MS, poll } from '../support/poll.js';
import { TcpProxy } from '../support/tcp-proxy.js';

let databaseUrl: string;
const SECRETS = { code: '048213', link: 'https://accounts.example.com/verify-email?token=t', expiresAt: new Date(Date.now() + 86_400_000) };

/** A server process that queues and delivers mail, as far as this module is concerned. */
async function startNode(env: Record<string, string> = {}) {
  const settings = loadSettings(SETTINGS, {
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    APP_SECRET: 'x'.repeat(48),
    PUBLIC_URL: 'https://accounts.example.com',
    ...env,
  });
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.register(settings, CATALOGUE),
      DatabaseModule.register(),
      JobsModule.register(settings),
      MailModule.register(settings),
    ],
  }).compile();
  module.get(MailSecretsRegistry).resolveWith({ resolve: () => Promise.resolve(SECRETS) });
  await module.init();
  await waitForDatabase(module);
  return module;
}

function enqueue(node: INestApplicationContext, request: Partial<MailRequest> = {}) {
  const mail: MailRequest = {
    kind: 'confirm-email',
    recipient: `${newId()}@example.com`,
    challengeId: newId(),
    params: { firstName: 'Ada' },
    ...request,
  };
  return node.get(DatabaseService).transaction(() => node.get(OutboxService).enqueue(mail));
}

async function listen(options: SMTPServerOptions, port = 0) {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    logger: false,
    disableReverseLookup: true,
    ...options,
  });
  server.on('error', () => {});
  const listener = server.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('mail delivery', () => {
  const nodes: INestApplicationContext[] = [];
  const start = async (env?: Record<string, string>) => {
    const node = await startNode(env);
    nodes.push(node);
    return node;
  };
  let database: DatabaseService;
  const rowOf = async (recipient: string) => {
    const [row] = await database.query<{ state: string; attempts: number; last_error: string; message_id: string }>(
      'SELECT * FROM mails WHERE recipient = $1',
      [recipient],
    );
    return row;
  };
  const reaches = (recipient: string, state: string) =>
    poll(`a mail to ${recipient} that is ${state}`, async () => {
      const row = await rowOf(recipient);
      return row?.state === state ? row : undefined;
    });

  beforeAll(async () => {
    databaseUrl = await createDatabase();
  });

  beforeEach(async () => {
    database = (await start()).get(DatabaseService);
    await database.query('DELETE FROM mails');
  });

  afterEach(async () => {
    for (const node of nodes.splice(0).reverse()) await node.close();
  });

  it('delivers a queued mail as soon as the transaction commits', async () => {
    const [node] = nodes as [INestApplicationContext];
    const recipient = 'Ada.Lovelace@example.com';
    await enqueue(node, { recipient });

    const mail = await node.get(Mailbox).waitFor({ to: recipient }, PATIENCE_MS);

    expect(mail).toMatchObject({
      to: [recipient],
      subject: 'Confirm your e-mail address for Latchkey',
      code: SECRETS.code,
      links: [SECRETS.link],
    });
    expect(mail.text).toContain('Hello Ada,');
    expect(mail.html).toContain('Hello Ada,');
    expect(mail.headers).toContainEqual({ name: 'Auto-Submitted', value: 'auto-generated' });
    const row = await reaches(recipient, 'sent');
    expect(mail.messageId).toBe(row.message_id);
    expect(row.message_id).toMatch(/^<[\da-f-]{36}@latchkey\.localhost>$/);
  });

  it('sends nothing when the transaction is rolled back', async () => {
    const [node] = nodes as [INestApplicationContext];
    const rolledBack = node.get(DatabaseService).transaction(async () => {
      await node.get(OutboxService).enqueue({ kind: 'confirm-email', recipient: 'never@example.com', challengeId: newId() });
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    await enqueue(node, { recipient: 'after@example.com' });

    await node.get(Mailbox).waitFor({ to: 'after@example.com' }, PATIENCE_MS);

    expect(node.get(Mailbox).list({ to: 'never@example.com' })).toEqual([]);
    expect(await rowOf('never@example.com')).toBeUndefined();
  });

  it('refuses to queue outside a transaction, or a code without a challenge', async () => {
    const [node] = nodes as [INestApplicationContext];
    const outbox = node.get(OutboxService);
    await expect(outbox.enqueue({ kind: 'confirm-email', recipient: 'a@example.com', challengeId: newId() })).rejects.toThrow(
      /transaction/,
    );
    await expect(enqueue(node, { challengeId: null })).rejects.toThrow(/challenge/);
  });

  it('keeps neither code nor link in the database', async () => {
    const [node] = nodes as [INestApplicationContext];
    await enqueue(node, { recipient: 'secret@example.com' });
    await reaches('secret@example.com', 'sent');
    const [dump] = await database.query<{ rows: string }>(
      `SELECT (SELECT coalesce(json_agg(m)::text, '') FROM mails m) || (SELECT coalesce(json_agg(j)::text, '') FROM graphile_worker._private_jobs j) AS rows`,
    );
    expect(dump?.rows).toContain('secret@example.com');
    expect(dump?.rows).not.toContain(SECRETS.code);
    expect(dump?.rows).not.toContain('token');
  });

  it('sends one mail per dedupe key', async () => {
    const [node] = nodes as [INestApplicationContext];
    const challengeId = newId();
    await Promise.all([1, 2, 3, 4].map(() => enqueue(node, { recipient: 'once@example.com', challengeId })));
    await enqueue(node, { recipient: 'once@example.com', challengeId });
    await enqueue(node, { recipient: 'last@example.com' });
    await reaches('last@example.com', 'sent');
    await reaches('once@example.com', 'sent');
    expect(node.get(Mailbox).list({ to: 'once@example.com' })).toHaveLength(1);
  });

  it('drops a mail whose code is no longer good, or that expired', async () => {
    const [node] = nodes as [INestApplicationContext];
    vi.spyOn(node.get(MailSecretsRegistry), 'resolve').mockResolvedValue(null);
    await enqueue(node, { recipient: 'used@example.com' });
    await enqueue(node, { recipient: 'late@example.com', expiresAt: new Date(Date.now() - 1_000) });
    expect((await reaches('used@example.com', 'dropped')).last_error).toMatch(/superseded/);
    expect((await reaches('late@example.com', 'dropped')).last_error).toMatch(/expired/);
    expect(node.get(Mailbox).list()).toEqual([]);
  });

  it('tries again when the server is back, with the same Message-ID', async () => {
    await nodes.pop()?.close();
    const port = await freePort();
    const node = await start({ SMTP_URL: `smtp://127.0.0.1:${port}` });
    database = node.get(DatabaseService);
    await enqueue(node, { recipient: 'patient@example.com' });
    const { message_id: messageId } = await poll('a first attempt', async () => {
      const row = await rowOf('patient@example.com');
      return row?.last_error ? row : undefined;
    });

    const received: string[] = [];
    const server = await listen(
      {
        onData: (stream, _session, done) =>
          void text(stream)
            .then((raw) => received.push(raw))
            .then(() => done()),
      },
      port,
    );
    await reaches('patient@example.com', 'sent');
    await server.close();

    expect(received).toHaveLength(1);
    expect(received[0]).toContain(`Message-ID: ${messageId}`);
  });

  it('gives up at once on a recipient that the server refuses for good, and tries again after a passing refusal', async () => {
    await nodes.pop()?.close();
    const refusals: Record<string, number> = { 'nobody@example.com': 550, 'busy@example.com': 450 };
    const server = await listen({
      onRcptTo: ({ address }, _session, done) =>
        done(refusals[address] === undefined ? null : Object.assign(new Error('no'), { responseCode: refusals[address] })),
      onData: (stream, _session, done) => void text(stream).then(() => done()),
    });
    const node = await start({ SMTP_URL: server.url });
    database = node.get(DatabaseService);
    for (const recipient of ['nobody@example.com', 'busy@example.com', 'fine@example.com']) await enqueue(node, { recipient });

    expect(await reaches('nobody@example.com', 'failed')).toMatchObject({ attempts: 1 });
    await reaches('fine@example.com', 'sent');
    await poll('a refusal', async () => ((await rowOf('busy@example.com'))?.last_error ? true : undefined));
    delete refusals['busy@example.com'];
    expect((await reaches('busy@example.com', 'sent')).attempts).toBeGreaterThan(1);
    await server.close();
  });

  it('keeps a mail rather than send the password without TLS, and says why', async () => {
    await nodes.pop()?.close();
    const signedIn: string[] = [];
    const server = await listen({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) => {
        signedIn.push(String(password));
        done(null, { user: 'ada' });
      },
      onData: (stream, _session, done) => void text(stream).then(() => done()),
    });
    // Reaches this machine, but does not stand for it.
    const SMTP_URL = server.url.replace('127.0.0.1', 'ada:hunter2@0.0.0.0');
    const node = await start({ SMTP_URL });
    database = node.get(DatabaseService);
    await enqueue(node, { recipient: 'private@example.com' });
    const { last_error: reason } = await poll('a first attempt', async () => {
      const row = await rowOf('private@example.com');
      return row?.last_error ? row : undefined;
    });
    expect(reason).toContain('STARTTLS');
    expect(signedIn).toEqual([]);
    await nodes.pop()?.close();
    database = (await start({ SMTP_URL, SMTP_TLS: 'optional' })).get(DatabaseService);
    await reaches('private@example.com', 'sent');
    expect(signedIn).toEqual(['hunter2']);
    await server.close();
  });

  it('has exactly one recipient and no forged header, whatever the name says', async () => {
    const [node] = nodes as [INestApplicationContext];
    await enqueue(node, {
      recipient: 'ada@example.com',
      params: { firstName: 'Ada\r\nBcc: victim@example.com\r\n\r\nhttp://evil.example' },
    });
    const mail = await node.get(Mailbox).waitFor({ to: 'ada@example.com' }, PATIENCE_MS);
    expect(mail.to).toEqual(['ada@example.com']);
    expect(mail.headers.map(({ name }) => name.toLowerCase())).not.toContain('bcc');
    expect(`${mail.text}${mail.html}`).not.toContain('evil.example');
    expect(mail.text).toMatch(/^Hello,$/m);

    await enqueue(node, { recipient: 'a@example.com, victim@example.com' });
    await reaches('a@example.com, victim@example.com', 'failed');
    expect(node.get(Mailbox).list({ to: 'victim@example.com' })).toEqual([]);
  });

  it('forgets the mails of an account with the account', async () => {
    const [node] = nodes as [INestApplicationContext];
    const userId = newId();
    await database.query('INSERT INTO users (id) VALUES ($1)', [userId]);
    await enqueue(node, { recipient: 'gone@example.com', userId });
    await reaches('gone@example.com', 'sent');
    await database.query('DELETE FROM users WHERE id = $1', [userId]);
    expect(await rowOf('gone@example.com')).toBeUndefined();
  });

  it('sends each mail once from two nodes on one database', async () => {
    await nodes.pop()?.close();
    const received: string[] = [];
    const server = await listen({
      onData: (stream, session, done) =>
        void text(stream)
          .then(() => received.push(String(session.envelope.rcptTo[0]?.address)))
          .then(() => done()),
    });
    const [one, two] = [await start({ SMTP_URL: server.url }), await start({ SMTP_URL: server.url })];
    database = one.get(DatabaseService);
    const recipients = Array.from({ length: 200 }, (_, i) => `reader${i}@example.com`);
    await Promise.all(recipients.map((recipient, i) => enqueue(i % 2 === 0 ? one : two, { recipient })));

    await poll('200 mails to be sent', async () => {
      const [row] = await database.query<{ open: number }>(`SELECT count(*)::int AS open FROM mails WHERE state <> 'sent'`);
      return row?.open === 0 ? true : undefined;
    });
    await server.close();

    expect(received).toHaveLength(200);
    expect(new Set(received)).toEqual(new Set(recipients));
  });

  it('frees the mails of a worker that died', async () => {
    const [node] = nodes as [INestApplicationContext];
    const recipient = 'orphan@example.com';
    await database.query(`INSERT INTO mail_workers (id, seen_at) VALUES ('pool-of-a-dead-node', now() - interval '61 seconds')`);
    await node.get(DatabaseService).transaction(async () => {
      await node.get(OutboxService).enqueue({ kind: 'confirm-email', recipient, challengeId: newId() });
      // As a node leaves it that was killed while it sent this mail.
      await database.query(
        `UPDATE graphile_worker._private_jobs SET locked_by = 'pool-of-a-dead-node', locked_at = now() - interval '61 seconds', attempts = 1`,
      );
      await database.query(`UPDATE mails SET leased_until = now() - interval '1 second', attempts = 1 WHERE recipient = $1`, [recipient]);
    });
    expect(await reaches(recipient, 'sent')).toMatchObject({ attempts: 2 });
  });

  it('survives the loss of its database in the middle of a mail, and tries that mail again', async () => {
    await nodes.pop()?.close();
    const observer = await start({ SMTP_URL: `smtp://127.0.0.1:${await freePort()}` });
    database = observer.get(DatabaseService);
    // Only the node behind the proxy is to deliver.
    await observer.get(JobWorker).stop();
    const proxy = await TcpProxy.start(databaseUrl);
    const arrivals: (() => void)[] = [];
    const server = await listen({ onData: (stream, _session, done) => void text(stream).then(() => arrivals.push(() => done())) });
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
    try {
      await start({ DATABASE_URL: proxy.url, SMTP_URL: server.url });
      const recipient = 'unlucky@example.com';
      await enqueue(observer, { recipient });
      const accept = await poll('the mail to arrive', () => arrivals.shift());

      proxy.refuse();
      accept();
      await wait(1_000);
      proxy.heal();

      // As after a minute: the lease of the first attempt has ended, and a worker that does not live has been silent for long.
      await database.query(`UPDATE mail_workers SET seen_at = seen_at - interval '61 seconds'`);
      await database.query(`UPDATE mails SET leased_until = now() - interval '1 second' WHERE recipient = $1`, [recipient]);
      await database.query(
        `UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '61 seconds' WHERE locked_at IS NOT NULL`,
      );
      const acceptAgain = await poll('the mail to arrive again', () => arrivals.shift(), 60_000);
      acceptAgain();
      await reaches(recipient, 'sent');
      expect(unhandled).toEqual([]);
    } finally {
      process.removeListener('unhandledRejection', note);
      for (const listener of others) process.on('unhandledRejection', listener);
      await nodes.pop()?.close();
      await proxy.stop();
      await server.close();
    }
  });
});
