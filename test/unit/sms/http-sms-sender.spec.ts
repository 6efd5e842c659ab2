import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpSmsSender } from '../../../src/sms/http-sms-sender.js';
import { SmsRefusedError } from '../../../src/sms/sms-sender.js';

const NUMBER = '+12025550147';

describe('a gateway that takes JSON', () => {
  let server: Server;
  let port: number;
  let received: { method: string | undefined; url: string | undefined; headers: IncomingMessage['headers']; body: unknown }[];
  let answer: (response: ServerResponse) => void;
  beforeEach(async () => {
    received = [];
    answer = (response) => void response.writeHead(202).end('{"id":"1"}');
    server = createServer((request, response) => {
      void text(request).then((body) => {
        received.push({ method: request.method, url: request.url, headers: request.headers, body: JSON.parse(body) });
        answer(response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const send = (credentials = 't0k%2Fen', rest = '/messages', timeoutMs?: number): Promise<void> =>
    new HttpSmsSender(`https+json://${credentials}@127.0.0.1:${port}${rest}`, timeoutMs).send(
      NUMBER,
      'Hello\n\n@app.example.com #12345678',
    );
  const failure = (act: Promise<void>): Promise<Error> =>
    act.then(
      () => Promise.reject(new Error('It succeeded')),
      (error: Error) => error,
    );

  it('receives number and text, and the token', async () => {
    await send();
    expect(received).toEqual([
      expect.objectContaining({ method: 'POST', url: '/messages', body: { to: NUMBER, text: 'Hello\n\n@app.example.com #12345678' } }),
    ]);
    expect(received[0]?.headers).toMatchObject({ authorization: 'Bearer t0k/en', 'content-type': 'application/json' });
  });

  it('receives the sender, the rest of the query, and user and password', async () => {
    await send('ada:p%40ss', '/v2/sms?from=%2B12025550100&route=a');
    expect(received[0]).toMatchObject({ url: '/v2/sms?route=a', body: { from: '+12025550100' } });
    expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ada:p@ss').toString('base64')}`);
  });

  it.each([400, 410, 422])('refuses permanently with %i', async (status) => {
    answer = (response) => void response.writeHead(status).end(`{"message":"${NUMBER} is wrong"}`);
    const error = await failure(send());
    expect(error).toBeInstanceOf(SmsRefusedError);
    expect(error.message).not.toContain(NUMBER);
  });

  it.each([401, 403, 404, 408, 429, 500, 503])('is asked again after %i', async (status) => {
    answer = (response) => void response.writeHead(status).end();
    expect(await failure(send())).not.toBeInstanceOf(SmsRefusedError);
  });

  it('is not followed elsewhere, and not waited for without end', async () => {
    answer = (response) => void response.writeHead(307, { location: `http://127.0.0.1:${port}/other` }).end();
    await failure(send());
    expect(received).toHaveLength(1);
    answer = () => {};
    expect((await failure(send(undefined, undefined, 50))).name).toBe('TimeoutError');
  });
});
