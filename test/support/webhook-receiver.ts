import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { poll } from './poll.js';
import type { TestApp } from './start-app.js';

/** Settings with which servers send to receivers on this machine. */
export const TO_THIS_MACHINE = { OUTBOUND_ALLOW_PRIVATE: 'true' };

/** A request that a receiver got. */
export interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
  id: string;
  /** The verified body. */
  // eslint-disable-next-line typescript/no-explicit-any -- events of every shape
  event: any;
}

/** A receiver of webhooks: `standardwebhooks` verifies each request. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** What was wrong with requests: nothing, unless a test sends wrong ones. */
  readonly forged: string[] = [];
  /** Secrets of which one has to fit. */
  readonly secrets: string[] = [];
  /** How it answers. */
  answer: (response: ServerResponse, request: Received) => void = (response) => void response.writeHead(204).end();

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new WebhookReceiver(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on('request', (request, response) => void receiver.take(request, response));
    return receiver;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Forgets everything, and answers 204 again. */
  reset(): void {
    this.received.length = 0;
    this.forged.length = 0;
    this.answer = (response) => void response.writeHead(204).end();
  }

  /** The events of a type that came. */
  of(type: string): Received[] {
    return this.received.filter(({ event }) => event.type === type);
  }

  /** Waits until `count` requests with the type came. */
  await(type: string, count = 1): Promise<Received[]> {
    return poll(`${count} times ${type}`, () => Promise.resolve(this.of(type).length >= count ? this.of(type) : undefined));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const headers = request.headers as Record<string, string>;
    const fits = this.secrets.some((secret) => verifies(secret, body, headers));
    if (!fits) this.forged.push(body);
    const received = { path: request.url ?? '', headers, body, id: String(headers['webhook-id']), event: JSON.parse(body) as unknown };
    this.received.push(received);
    this.answer(response, received);
  }
}

function verifies(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

/** Registers a webhook to a receiver, which gets its secret. @returns its id */
export async function addWebhook(
  app: TestApp,
  token: string,
  receiver: WebhookReceiver,
  fields: Record<string, unknown> = {},
): Promise<string> {
  const answer = await app.post('/v1/webhooks', { url: `${receiver.url}/hooks`, ...fields }, { token });
  if (answer.status !== 201) throw new Error(`webhook: ${answer.status} ${answer.text}`);
  receiver.secrets.push(answer.body.secret);
  return answer.body.id;
}

/** Makes everything due that waits for another attempt. */
export async function hurry(app: TestApp): Promise<void> {
  await app.rows(`UPDATE webhook_deliveries SET next_at = now() WHERE state = 'failed'`);
}
