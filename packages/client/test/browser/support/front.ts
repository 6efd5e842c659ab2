import { type IncomingMessage, type Server, type ServerResponse, createServer, request as send } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A response that the app has given and that no browser has got. */
interface Withheld {
  path: string;
  /** Ends when the app has answered. */
  answered: Promise<void>;
  answer(): void;
}

/** Stands between the browser and an app, and can lose the app's responses on the way. */
export class Front {
  /** How many requests by POST the app has answered. */
  posts = 0;
  private withheld: Withheld | undefined;

  private constructor(
    private readonly server: Server,
    /** Without a slash at the end. */
    readonly url: string,
  ) {}

  /** @param target origin of the app */
  static async start(target: string): Promise<Front> {
    const server = createServer((request, response) => front.pass(request, response, target));
    await new Promise<void>((resolve) => void server.listen(0, 'localhost', resolve));
    const front: Front = new Front(server, `http://localhost:${(server.address() as AddressInfo).port}`);
    return front;
  }

  /**
   * Keeps the next response for this path from the browser.
   * @returns what ends when the app has given it
   */
  withhold(path: string): Promise<void> {
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    this.withheld = { path, answered, answer };
    return answered;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => void this.server.close(resolve));
  }

  private pass(request: IncomingMessage, response: ServerResponse, target: string): void {
    const withheld = this.withheld?.path === request.url ? this.withheld : undefined;
    if (withheld !== undefined) this.withheld = undefined;
    const { method, headers } = request;
    const asked = send(target + request.url, { method, headers }, (answer) => {
      if (method === 'POST') this.posts += 1;
      if (withheld === undefined) {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      } else answer.resume().on('end', withheld.answer);
    });
    asked.on('error', () => response.destroy());
    request.pipe(asked);
  }
}
