import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** A proxy between a server and its database that simulates network failures. */
export class TcpProxy {
  private mode: 'pass' | 'swallow' | 'refuse' = 'pass';
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** The database's URL through the proxy. */
    readonly url: string,
  ) {}

  /** Starts a proxy to the database at `databaseUrl`. */
  static async start(databaseUrl: string): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const target = new URL(databaseUrl);
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const proxy = new TcpProxy(server, url.href);
    server.on('connection', (near) => proxy.join(near, Number(target.port), target.hostname));
    return proxy;
  }

  /** Drops all data from now on but keeps connections open, as if a cable were unplugged. */
  swallow(): void {
    this.mode = 'swallow';
  }

  /** Breaks connections and refuses new ones, as if the database had crashed. */
  refuse(): void {
    this.mode = 'refuse';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Ends the simulated failure. */
  heal(): void {
    this.mode = 'pass';
  }

  /** Local ports of its connections to the database. */
  get ports(): number[] {
    return [...this.sockets].flatMap(({ localPort }) => localPort ?? []);
  }

  async stop(): Promise<void> {
    this.refuse();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, port: number, host: string): void {
    if (this.mode === 'refuse') return void near.destroy();
    const far = connect(port, host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (bytes) => this.mode === 'pass' && to.write(bytes));
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
