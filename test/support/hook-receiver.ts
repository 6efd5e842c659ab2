import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** Signs the requests to hooks in tests. */
export const HOOK_SECRET = `whsec_${Buffer.from('only-for-tests-hooks-0123456789ab').toString('base64')}`;

/** A question that a hook got. */
export interface Asked {
  path: string;
  headers: Record<string, string>;
  body: string;
  type: string;
  // eslint-disable-next-line typescript/no-explicit-any -- data of every hook
  data: any;
  /** Number of the connection that it came by. */
  connection: number;
}

/** How a hook answers: with a body as JSON, or by itself. */
type Manner = (asked: Asked, response: ServerResponse) => object | undefined;

const ALLOW: Manner = () => ({ decision: 'allow' });

/** The operator's service: `standardwebhooks` verifies each question, and one that is forged is answered 400. */
export class HookReceiver {
  readonly asked: Asked[] = [];
  secret = HOOK_SECRET;
  manner: Manner = ALLOW;
  private connections = 0;

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<HookReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new HookReceiver(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, server);
    const numbers = new WeakMap<object, number>();
    server.on('connection', (socket) => numbers.set(socket, (receiver.connections += 1)));
    server.on('request', (request, response) => void receiver.take(request, response, numbers.get(request.socket) ?? 0));
    return receiver;
  }

  async stop(): Promise<void> {
    this.closeConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Forgets what was asked, and allows everything again. */
  reset(): void {
    this.asked.length = 0;
    this.manner = ALLOW;
    this.secret = HOOK_SECRET;
  }

  closeConnections(): void {
    this.server.closeAllConnections();
  }

  private async take(request: IncomingMessage, response: ServerResponse, connection: number): Promise<void> {
    const body = await text(request);
    const headers = request.headers as Record<string, string>;
    try {
      new Webhook(this.secret).verify(body, headers);
    } catch {
      response.writeHead(400).end();
      return;
    }
    const { type, data } = JSON.parse(body) as { type: string; data: unknown };
    const asked = { path: request.url ?? '', headers, body, type, data, connection };
    this.asked.push(asked);
    const answer = this.manner(asked, response);
    if (answer !== undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }
}
