import { once } from 'node:events';
import { type IncomingHttpHeaders, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** Secret of the requests' signatures. */
export const OLD_SYSTEM_SECRET = `whsec_${Buffer.from('only-for-tests-0123456789abcdef!').toString('base64')}`;

/** Answers a request: with a status and a JSON body, or by itself. */
type Manner = (identifier: string, password: string, reply: ServerResponse) => { status: number; body?: unknown } | null;

/** The system that one moves over from, as far as it is asked about passwords. Refuses requests that are not signed. */
export class OldSystem {
  /** What was asked, in order. */
  readonly asked: { identifier: string; password: string; headers: IncomingHttpHeaders }[] = [];
  /** Passwords by identifier. */
  readonly passwords = new Map<string, string>();
  /** Accounts by identifier, for answers about accounts that are new here. */
  readonly accounts = new Map<string, unknown>();
  /** Replaces the usual answers. */
  manner: Manner | null = null;
  /** Requests at the same time, at most. */
  busiest = 0;
  private running = 0;
  private server: Server | undefined;

  /** Listens on a free port. @returns the URL to ask */
  async start(): Promise<string> {
    this.server = createServer((request, reply) => {
      this.running += 1;
      this.busiest = Math.max(this.busiest, this.running);
      reply.on('close', () => (this.running -= 1));
      void (async () => {
        const body = await text(request);
        const { status, body: answer } = this.answer(request.headers, body, reply) ?? {};
        if (status !== undefined) reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      })();
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/verify`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private answer(headers: IncomingHttpHeaders, body: string, reply: ServerResponse): { status: number; body?: unknown } | null {
    const { identifier, password } = new Webhook(OLD_SYSTEM_SECRET).verify(body, headers as Record<string, string>) as Record<
      string,
      string
    >;
    if (identifier === undefined || password === undefined) return { status: 400 };
    this.asked.push({ identifier, password, headers });
    if (this.manner !== null) return this.manner(identifier, password, reply);
    const expected = this.passwords.get(identifier);
    if (expected === undefined) return { status: 404 };
    if (expected !== password) return { status: 401 };
    return { status: 200, body: { verified: true, account: this.accounts.get(identifier) } };
  }
}
