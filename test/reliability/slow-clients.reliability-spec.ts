import { randomBytes } from 'node:crypto';
import { type Server, type Socket, connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signedIn } from '../support/accounts.js';
import { poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';

/** How many connections send slowly at the same time. */
const SLOW = 500;

const PATIENCE = { requestTimeoutMs: 1_500, uploadTimeoutMs: 8_000, connectionTimeoutMs: 6_000, checkEveryMs: 250 };

/** When all of them must be gone: their time, a look at the clock, and a lot for a busy machine, ms. */
const DEADLINE_MS = PATIENCE.requestTimeoutMs + PATIENCE.checkEveryMs + 30_000;

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
    app = await startApp({}, undefined, { patience: PATIENCE });
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

  /**
   * Asks one thing after the other meanwhile; how quick the answers are, bench/reliability/slow-clients.mjs measures.
   * @returns how many there were; on a busy machine few
   */
  async function answered(until: () => boolean): Promise<number> {
    let answers = 0;
    for (; !until(); answers += 1) {
      const answer = await fetch(`http://127.0.0.1:${port}/health/live`);
      await answer.text();
      expect(answer.status).toBe(200);
      await wait(20);
    }
    return answers;
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
  ])('their %s, others are answered, and in the end they are let go', async (_, start, rest) => {
    await open(start, rest);
    const begin = performance.now();
    expect(await answered(() => clients.every(({ closed }) => closed) || performance.now() - begin > DEADLINE_MS)).toBeGreaterThan(0);
    expect(performance.now() - begin).toBeLessThan(DEADLINE_MS);
    for (const { heard } of clients) {
      expect(heard).toMatch(/^HTTP\/1\.1 408 /);
      expect(heard).toContain('application/problem+json');
      expect(heard).toContain('"request.timeout"');
    }
  });

  describe('their uploads', () => {
    const BOUNDARY = 'x'.repeat(24);
    /** Opens an upload and sends of its body what `pieces` gives, one every 100 ms, until the server answers or closes. */
    async function send(token: string | undefined, length: number, pieces: Iterable<Buffer>): Promise<{ heard: string; ms: number }> {
      const socket = connect(port, '127.0.0.1');
      let heard = '';
      let closed = false;
      socket.on('data', (data) => (heard += String(data)));
      socket.on('error', () => {});
      socket.on('close', () => (closed = true));
      const authorization = token === undefined ? '' : `authorization: Bearer ${token}\r\n`;
      socket.write(
        `PUT /v1/users/me/avatar HTTP/1.1\r\nhost: localhost\r\n${authorization}content-type: multipart/form-data; boundary=${BOUNDARY}\r\ncontent-length: ${length}\r\n\r\n`,
      );
      const begin = performance.now();
      for (const piece of pieces) {
        if (closed || (token !== undefined && heard !== '')) break;
        socket.write(piece);
        await wait(100);
      }
      await poll('an answer or the end', () => (closed || heard !== '' ? true : undefined), DEADLINE_MS);
      if (token === undefined) await poll('the connection to be closed', () => (closed ? true : undefined), DEADLINE_MS);
      socket.destroy();
      return { heard, ms: performance.now() - begin };
    }
    const noise = (): Promise<Buffer> =>
      sharp(randomBytes(300 * 300 * 3), { raw: { width: 300, height: 300, channels: 3 } })
        .png()
        .toBuffer();
    function* inPieces(body: Buffer, count: number): Iterable<Buffer> {
      const size = Math.ceil(body.length / count);
      for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
    }
    function* drops(): Iterable<Buffer> {
      for (;;) yield Buffer.from('x');
    }
    const form = (picture: Buffer): Buffer =>
      Buffer.concat([
        Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="avatar"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n`),
        picture,
        Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
      ]);

    it('have more time, as long as they keep coming', async () => {
      const { accessToken } = await signedIn(app);
      const body = form(await noise());
      const { heard, ms } = await send(accessToken, body.length, inPieces(body, 22));
      expect(heard).toMatch(/^HTTP\/1\.1 200 /);
      expect(ms).toBeGreaterThan(PATIENCE.requestTimeoutMs + 500);
    });

    it('are given up when next to nothing comes', async () => {
      const { accessToken } = await signedIn(app);
      const { heard, ms } = await send(accessToken, 500_000, drops());
      expect(heard).toMatch(/^HTTP\/1\.1 408 /);
      expect(ms).toBeLessThan(PATIENCE.uploadTimeoutMs - 500);
    });

    it('are given up in the end, however much came', async () => {
      const { accessToken } = await signedIn(app);
      const { heard, ms } = await send(accessToken, 4_000_000, inPieces(form(Buffer.alloc(4_000_000)), 400));
      expect(heard).toMatch(/^HTTP\/1\.1 408 /);
      expect(ms).toBeGreaterThan(PATIENCE.uploadTimeoutMs - 500);
    });

    it('have no more time than anything else without a session', async () => {
      const { heard, ms } = await send(undefined, 4_000_000, inPieces(form(Buffer.alloc(4_000_000)), 400));
      expect(heard).toMatch(/^HTTP\/1\.1 401 /);
      expect(ms).toBeLessThan(PATIENCE.uploadTimeoutMs - 500);
    });
  });

  it('and say nothing at all, they are let go as well', async () => {
    await open('', '');
    clearInterval(dripping);
    expect(await answered(() => clients.every(({ closed }) => closed))).toBeGreaterThan(0);
    const server = app.nest.getHttpServer() as Server;
    const connections = (): Promise<number> => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    await poll('the server to have no connection but those of the test', async () => ((await connections()) <= 2 ? true : undefined));
  });
});
