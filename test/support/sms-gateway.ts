import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A gateway that takes every text message. */
export class SmsGateway {
  /** What it was sent. */
  readonly texts: { to: string; text: string }[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        this.texts.push(JSON.parse(body) as { to: string; text: string });
        response.writeHead(202).end();
      });
    });
  }

  static async start(): Promise<SmsGateway> {
    const server = createServer();
    const gateway = new SmsGateway(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return gateway;
  }

  /** For `SMS_URL`. */
  get url(): string {
    return `https+json://token@127.0.0.1:${(this.server.address() as AddressInfo).port}/messages`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
