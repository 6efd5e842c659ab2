import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SmsRefusedError } from '../../../src/sms/sms-sender.js';
import { TwilioSmsSender } from '../../../src/sms/twilio-sms-sender.js';

const SID = 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const TOKEN = 'p@ss:w/rd';
const NUMBER = '+12025550147';

interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  form: Record<string, string>;
}

describe('the provider of text messages', () => {
  let server: Server;
  let port: number;
  let received: Received[];
  let answer: (response: ServerResponse) => void;
  beforeEach(async () => {
    received = [];
    answer = (response) => void response.writeHead(201, { 'content-type': 'application/json' }).end('{"sid":"SM1","status":"queued"}');
    server = createServer((request, response) => {
      void text(request).then((body) => {
        received.push({
          method: request.method,
          url: request.url,
          headers: request.headers,
          form: Object.fromEntries(new URLSearchParams(body)),
        });
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

  const make = (from = '+12025550100', timeoutMs?: number): TwilioSmsSender =>
    new TwilioSmsSender(`twilio://${SID}:${encodeURIComponent(TOKEN)}@127.0.0.1:${port}?from=${from}`, timeoutMs);
  const failure = (act: Promise<void>): Promise<Error> =>
    act.then(
      () => Promise.reject(new Error('It succeeded')),
      (error: Error) => error,
    );
  const fails = (status: number, body = ''): void => {
    answer = (response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };

  it('receives a form with number, sender and text, and the credentials', async () => {
    await make().send(NUMBER, '402917 is your Latchkey code. é & + =');
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      method: 'POST',
      url: `/2010-04-01/Accounts/${SID}/Messages.json`,
      form: { To: NUMBER, From: '+12025550100', Body: '402917 is your Latchkey code. é & + =' },
    });
    expect(received[0]?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from(`${SID}:${TOKEN}`).toString('base64')}`);
  });

  it.each([
    ['%2B12025550100', { From: '+12025550100' }],
    ['Latchkey', { From: 'Latchkey' }],
    [`MG${'a'.repeat(32)}`, { MessagingServiceSid: `MG${'a'.repeat(32)}` }],
  ])('receives the sender %s', async (from, expected) => {
    await make(from).send(NUMBER, 'x');
    expect(received[0]?.form).toEqual({ To: NUMBER, Body: 'x', ...expected });
  });

  it.each([400, 410, 422])('refuses permanently with %i', async (status) => {
    fails(status, `{"code":21211,"message":"The 'To' number ${NUMBER} is not a valid phone number."}`);
    const error = await failure(make().send(NUMBER, '402917'));
    expect(error).toBeInstanceOf(SmsRefusedError);
    expect(error.message).toBe(`the provider answered ${status}, error 21211`);
  });

  it.each([401, 403, 404, 408, 429, 500, 502, 503])('may accept the message later after %i', async (status) => {
    fails(status);
    const error = await failure(make().send(NUMBER, '402917'));
    expect(error).not.toBeInstanceOf(SmsRefusedError);
    expect(error.message).toBe(`the provider answered ${status}`);
  });

  it.each(['not json', '[]', 'null', '{"code":"<script>"}', `{"message":"${'x'.repeat(100_000)}"}`])(
    'may send an unreadable explanation: %.20s',
    async (body) => {
      fails(400, body);
      expect((await failure(make().send(NUMBER, 'x'))).message).toBe('the provider answered 400');
    },
  );

  it('may not answer: the attempt times out and can be repeated', async () => {
    answer = () => {};
    const error = await failure(make(undefined, 100).send(NUMBER, 'x'));
    expect(error.name).toBe('TimeoutError');
    expect(error).not.toBeInstanceOf(SmsRefusedError);
  });

  it('may stop in the middle of an error response', async () => {
    answer = (response) => {
      response.writeHead(500);
      response.write('{');
    };
    // Longer than a busy machine takes for the first half.
    expect((await failure(make(undefined, 2_000).send(NUMBER, 'x'))).message).toBe('the provider answered 500');
  });

  it('may be unreachable', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(make().send(NUMBER, 'x'))).not.toBeInstanceOf(SmsRefusedError);
  });

  it('cannot redirect the request, so nobody else gets the credentials', async () => {
    answer = (response) => void response.writeHead(307, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    expect(await failure(make().send(NUMBER, 'x'))).not.toBeInstanceOf(SmsRefusedError);
    expect(received).toHaveLength(1);
  });

  it('does not delay the stop of the server', async () => {
    answer = () => {};
    const stop = new AbortController();
    const sending = failure(make().send(NUMBER, 'x', stop.signal));
    stop.abort();
    expect((await sending).name).toBe('AbortError');
  });
});
