import { type Server, type Socket, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { poll } from './support/poll.js';
import { type TestApp, startApp } from './support/start-app.js';

/** How many connections send slowly at the same time. */
const SLOW = 500;

const PATIENCE = { requestTimeoutMs: 1_500, connectionTimeoutMs: 6_000, checkEveryMs: 250 };

/** When all of them must be gone: their time, a look at the clock, and a lot for a busy machine, ms. */
const DEADLINE_MS = PATIENCE.requestTimeoutMs + PATIENCE.checkEveryMs + 10_000;

/** How quick a cheap answer has to be meanwhile, usually and at worst, ms; opening 500 connections in this same process is work, too. */
const USUALLY_MS = 250;
const AT_WORST_MS = 5_000;

interface SlowClient {
  socket: Socket;
  heard: string;
  closed: boolean;
}

describe('while 500 clients send slowly', () => {
  let app: TestApp;
  let port: number;
  let clients: SlowClient[] = [];
  let dripping: NodeJS.Timeout | undefined;
  beforeAll(async () => {
    app = await startApp({}, undefined, PATIENCE);
    await app.nest.listen(0, '127.0.0.1');
    port = Number(new URL(await app.nest.getUrl()).port);
  });
  afterEach(() => {
    clearInterval(dripping);
    for (const { socket } of clients) socket.destroy();
    clients = [];
  });
  afterAll(() => app.stop());

  /** Opens the connections; each sends `start`, then one byte of `rest` every 100 ms. */
  async function open(start: string, rest: string): Promise<void> {
    clients = await Promise.all(
      Array.from({ length: SLOW }, async () => {
        const client: SlowClient = { socket: connect(port, '127.0.0.1'), heard: '', closed: false };
        client.socket.on('data', (data) => (client.heard += String(data)));
        client.socket.on('error', () => {});
        client.socket.on('close', () => (client.closed = true));
        await new Promise<void>((resolve, reject) => client.socket.once('connect', resolve).once('error', reject));
        client.socket.write(start);
        return client;
      }),
    );
    let sent = 0;
    dripping = setInterval(() => {
      for (const { socket, closed } of clients) if (!closed && socket.writable) socket.write(rest[sent % rest.length] ?? 'x');
      sent += 1;
    }, 100);
  }

  async function answerTimes(until: () => boolean): Promise<number[]> {
    const times: number[] = [];
    while (!until()) {
      const start = performance.now();
      const answer = await fetch(`http://127.0.0.1:${port}/health/live`);
      await answer.text();
      expect(answer.status).toBe(200);
      times.push(performance.now() - start);
    }
    return times;
  }

  it.each([
    ['headers', 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n', 'x-slow: y\r\n'],
    [
      'bodies',
      'POST /v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 60000\r\n\r\n{"identifier":"',
      'a',
    ],
    [
      'chunked bodies',
      'POST /v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      '1\r\na\r\n',
    ],
  ])('their %s, others are answered quickly, and in the end they are let go', async (_, start, rest) => {
    await open(start, rest);
    const begin = performance.now();
    const times = await answerTimes(() => clients.every(({ closed }) => closed) || performance.now() - begin > DEADLINE_MS);
    expect(performance.now() - begin).toBeLessThan(DEADLINE_MS);
    expect(times.length).toBeGreaterThan(10);
    expect(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(USUALLY_MS);
    expect(Math.max(...times)).toBeLessThan(AT_WORST_MS);
    for (const { heard } of clients) {
      expect(heard).toMatch(/^HTTP\/1\.1 408 /);
      expect(heard).toContain('application/problem+json');
      expect(heard).toContain('"request.timeout"');
    }
  });

  it('and say nothing at all, they are let go as well', { timeout: 30_000 }, async () => {
    await open('', '');
    clearInterval(dripping);
    const times = await answerTimes(() => clients.every(({ closed }) => closed));
    expect(Math.max(...times)).toBeLessThan(AT_WORST_MS);
    const server = app.nest.getHttpServer() as Server;
    const connections = (): Promise<number> => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    await poll('the server to have no connection but those of the test', async () => ((await connections()) <= 2 ? true : undefined));
  });
});
