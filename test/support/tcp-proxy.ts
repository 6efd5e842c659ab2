import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** Stands between a server and its database, and can fail like a network does. */
export class TcpProxy {
  private mode: 'pass' | 'swallow' | 'refuse' = 'pass';
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** The database's URL, by way of the proxy. */
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

  /** Everything sent from now on is lost, while connections stay open: a cable pulled. */
  swallow(): void {
    this.mode = 'swallow';
  }

  /** Connections break, new ones are refused: a server that died. */
  refuse(): void {
    this.mode = 'refuse';
    for (const socket of this.sockets) socket.destroy();
  }

  /** All is well again. */
  heal(): void {
    this.mode = 'pass';
  }

  /** The ports from which it talks to the database. */
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
