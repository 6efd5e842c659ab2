import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect as connectSocket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { stopApp } from '../../src/app.js';
import { DatabaseFeed } from '../../src/database/feed/database-feed.service.js';
import { JobWorker } from '../../src/jobs/job-worker.js';
import { stopOnSignals } from '../../src/server.js';
import { PASSWORD, register } from '../support/accounts.js';
import { EventStream } from '../support/event-stream.js';
import { poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';

/** After how long a server that stops breaks off the connections that are left, ms. */
const BREAK_OFF_MS = 10_000;

interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  localPort: number;
}

/** A client that keeps its connections, as browsers and load balancers do. */
async function connect(app: TestApp) {
  await app.nest.listen(0, '127.0.0.1');
  const { port } = app.nest.getHttpServer().address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = async (path: string, body?: object): Promise<Reply> => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
    const sent = request({ host: '127.0.0.1', port, path, agent, method: payload === undefined ? 'GET' : 'POST', headers });
    sent.end(payload);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const localPort = Number(answer.socket.localPort);
    answer.resume();
    await once(answer, 'end');
    return { status: answer.statusCode ?? 0, headers: answer.headers, localPort };
  };
  return { send, port, close: () => agent.destroy() };
}

describe('a server that is told to stop', () => {
  it('says "not ready", answers on, and ends connections that are kept, until the grace is over', async () => {
    const app = await startApp({ SHUTDOWN_GRACE_SECONDS: '1' });
    const client = await connect(app);
    const [first, second] = [await client.send('/health/ready'), await client.send('/health/live')];
    expect(first).toMatchObject({ status: 200, headers: { connection: 'keep-alive' } });
    expect(second.localPort).toBe(first.localPort);

    const startedAt = performance.now();
    const stopped = app.stop();
    const notReady = await client.send('/health/ready');
    expect(notReady).toMatchObject({ status: 503, localPort: first.localPort });
    expect(notReady.headers).toMatchObject({ connection: 'close', 'retry-after': '2' });
    const served = await client.send('/.well-known/jwks.json');
    expect(served).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect(served.localPort).not.toBe(first.localPort);
    expect(await client.send('/nowhere')).toMatchObject({ status: 404, headers: { connection: 'close' } });

    await stopped;
    expect(performance.now() - startedAt).toBeGreaterThan(990);
    await expect(client.send('/health/live')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('finishes the requests under way', async () => {
    const app = await startApp();
    const client = await connect(app);
    const { email } = await register(app);
    const arrived = new Promise<void>((resolve) => app.nest.getHttpServer().once('request', () => resolve()));
    const signIn = client.send('/v1/auth/login', { identifier: email, password: PASSWORD });
    await arrived;
    await app.stop();
    expect(await signIn).toMatchObject({ status: 200, headers: { connection: 'close' } });
  });

  it('does not wait for connections without a request, nor for streams that never end', async () => {
    const app = await startApp({ OAUTH_CLIENTS: 'books:a-secret-for-tests' });
    const client = await connect(app);
    await client.send('/health/live');
    const authorization = `Basic ${Buffer.from('books:a-secret-for-tests').toString('base64')}`;
    const stream = await EventStream.open(`http://127.0.0.1:${client.port}/v1/revocations`, { authorization });
    await stream.find('a heartbeat', ({ event }) => event === 'heartbeat');

    const startedAt = performance.now();
    await app.stop();
    expect(performance.now() - startedAt).toBeLessThan(BREAK_OFF_MS - 1_000);
    await poll('the end of the stream', () => stream.ended || undefined);
    client.close();
  });

  it('does not wait for connections over which nothing was ever sent', async () => {
    const app = await startApp();
    const client = await connect(app);
    const silent = connectSocket(client.port, '127.0.0.1');
    await once(silent, 'connect');
    await client.send('/health/live');

    const startedAt = performance.now();
    await app.stop();
    expect(performance.now() - startedAt).toBeLessThan(BREAK_OFF_MS - 1_000);
    silent.destroy();
    client.close();
  });

  it('stops requests first, then mail, then the feed, then the database', async () => {
    const app = await startApp();
    await app.nest.listen(0, '127.0.0.1');
    const order: string[] = [];
    app.nest.getHttpServer().once('close', () => order.push('http'));
    const note = <Method extends string>(name: string, target: Record<Method, () => Promise<unknown>>, method: Method): void => {
      const original = target[method].bind(target);
      vi.spyOn(target as Record<string, () => Promise<unknown>>, method).mockImplementation(async () => {
        await original();
        if (!order.includes(name)) order.push(name);
      });
    };
    note('mail', app.nest.get(JobWorker), 'stop');
    note('feed', app.nest.get(DatabaseFeed), 'stop');
    note('database', app.nest.get(DataSource), 'destroy');
    await app.stop();
    expect(order).toEqual(['http', 'mail', 'feed', 'database']);
  });

  it('lets go of everything else when one part fails to stop, and tells of that', async () => {
    const app = await startApp();
    const worker = app.nest.get(JobWorker);
    const stop = worker.stop.bind(worker);
    vi.spyOn(worker, 'stop').mockImplementationOnce(async () => {
      await stop();
      throw new Error('the mail worker is stuck');
    });
    const source = app.nest.get(DataSource);
    await expect(stopApp(app.nest)).rejects.toThrow('the mail worker is stuck');
    expect(source.isInitialized).toBe(false);
    await app.db.end();
  });
});

describe('signals', () => {
  afterEach(() => void vi.restoreAllMocks());

  /** The handlers that a process would have installed, and what became of it. */
  function watch(isStarted = true) {
    const handlers = new Map<string, () => void>();
    vi.spyOn(process, 'on').mockImplementation(((name: string, handler: () => void) => handlers.set(name, handler)) as never);
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    const stop = vi.fn<() => Promise<void>>(() => new Promise(() => {}));
    const signals = stopOnSignals();
    if (isStarted) signals.started({ stop });
    return { signals, server: { stop }, send: (name: string) => handlers.get(name)?.(), exit, stop };
  }

  it('stop once, however many come: npm passes on a Ctrl-C that the terminal has sent already', () => {
    const { send, exit, stop } = watch();
    for (const name of ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGTERM']) send(name);
    expect(stop).toHaveBeenCalledOnce();
    expect(exit).not.toHaveBeenCalled();
  });

  it('end the process at once at a second Ctrl-C', async () => {
    const { send, exit } = watch();
    send('SIGTERM');
    await wait(600);
    send('SIGTERM');
    expect(exit).not.toHaveBeenCalled();
    send('SIGINT');
    expect(exit).toHaveBeenCalledWith(130);
  });

  it('in the middle of the start are not lost: the server stops when it has started', () => {
    const { signals, server, send, exit, stop } = watch(false);
    send('SIGTERM');
    expect(signals.asked.aborted).toBe(true);
    expect([stop.mock.calls, exit.mock.calls]).toEqual([[], []]);
    signals.started(server);
    expect(stop).toHaveBeenCalledOnce();
  });

  it('end the process with its status when everything has stopped', async () => {
    const { send, exit, stop } = watch();
    stop.mockResolvedValueOnce(undefined);
    send('SIGTERM');
    await poll('the exit', () => (exit.mock.calls.length > 0 ? true : undefined));
    expect(exit).toHaveBeenCalledWith(0);
  });
});
