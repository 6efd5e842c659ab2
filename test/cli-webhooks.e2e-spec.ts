import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebhookListener, type Heard } from '../src/webhooks/listener.service.js';
import { register } from './support/accounts.js';
import { CommandLine } from './support/command-line.js';
import { poll } from './support/poll.js';
import { type TestApp, sharedApp } from './support/start-app.js';
import { TO_THIS_MACHINE, WebhookReceiver } from './support/webhook-receiver.js';

describe('latchkey webhooks', () => {
  let app: TestApp;
  let cli: CommandLine;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    [app, receiver] = await Promise.all([sharedApp(TO_THIS_MACHINE), WebhookReceiver.start()]);
    cli = new CommandLine(String(app.settings.DATABASE_URL), TO_THIS_MACHINE);
  });
  afterAll(async () => {
    cli.clear();
    await receiver.stop();
    await app.stop();
  });

  it('registers, lists and tries webhooks of running servers', async () => {
    const made = await cli.run('webhooks', 'create', '--url', `${receiver.url}/hooks`, '--types', 'account.*, session.ended', '--json');
    expect([made.code, made.json.webhook.types]).toEqual([0, ['account.*', 'session.ended']]);
    receiver.secrets.push(made.json.secret);
    const { id } = made.json.webhook;
    const listed = await cli.run('webhooks', 'list');
    expect(listed.out).toEqual([`${id}  works  account.*,session.ended  ${receiver.url}/hooks`]);
    expect(await cli.run('webhooks', 'ping', id, '--json')).toMatchObject({ code: 0, json: { pinged: id } });
    const [ping] = await receiver.await('webhook.pinged');
    expect(ping?.event.data).toEqual({ webhookId: id, actorId: null });
    await register(app);
    await receiver.await('account.registered');
    expect(receiver.forged).toEqual([]);
    expect((await cli.run('webhooks', 'ping', '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11')).err).toEqual(['There is no such webhook.']);
    const refused = await cli.run('webhooks', 'create', '--url', 'ftp://app.example.com', '--json');
    expect([refused.code, refused.json.code]).toEqual([1, 'request.invalid']);
  });

  it('shows the events of running servers while it listens, and forwards each once', async () => {
    const listener = app.nest.get(WebhookListener, { strict: false });
    receiver.reset();
    receiver.secrets.push(listener.secret);
    const heard: Heard[] = [];
    const stop = new AbortController();
    const listening = listener.listen(
      { types: ['account.registered'], forward: `${receiver.url}/dev` },
      (each) => void heard.push(each),
      stop.signal,
    );
    await poll('a listener', async () =>
      (await app.rows('SELECT FROM webhook_endpoints WHERE listening_until > now()')).length > 0 ? true : undefined,
    );
    // No administrator sees it.
    expect((await cli.run('webhooks', 'list', '--json')).json.webhooks.filter(({ url }: { url: string }) => url.endsWith('/dev'))).toEqual(
      [],
    );
    receiver.answer = (response, { path }) => void response.writeHead(path === '/dev' ? 500 : 204).end();
    const { id } = await register(app);
    await poll('an event', () => Promise.resolve(heard.length > 0 ? true : undefined));
    stop.abort();
    await listening;
    expect(heard).toEqual([
      { event: expect.objectContaining({ type: 'account.registered' }), attempt: expect.objectContaining({ status: 500, error: null }) },
    ]);
    expect(heard[0]?.event.data).toMatchObject({ accountId: id, version: 1 });
    expect(receiver.received.filter(({ path }) => path === '/dev')).toHaveLength(1);
    expect(receiver.forged).toEqual([]);
    expect(await app.rows('SELECT FROM webhook_endpoints WHERE listening_until IS NOT NULL')).toEqual([]);
    await register(app);
    expect(heard).toHaveLength(1);
  });

  it('does not listen in production, and takes only arguments that go together', async () => {
    const production = new CommandLine(String(app.settings.DATABASE_URL), {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://accounts.example.com',
      SMTP_URL: 'smtps://mail.example.com',
      MAIL_FROM: 'Latchkey <no-reply@example.com>',
    });
    const refused = await production.run('webhooks', 'listen');
    expect([refused.code, refused.err.join()]).toEqual([1, expect.stringContaining('is for development')]);
    production.clear();
    for (const args of [
      ['listen', '--url', 'http://localhost'],
      ['create'],
      ['ping'],
      ['list', 'x'],
      ['listen', '--forward', 'localhost:4000'],
      ['send'],
    ])
      expect([args, (await cli.run('webhooks', ...args)).code]).toEqual([args, 2]);
  });
});
