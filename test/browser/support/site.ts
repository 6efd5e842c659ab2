import { type AddressInfo, createServer } from 'node:net';
import { type TestApp, startApp } from '../../support/start-app.js';

/** A server that a browser can reach. */
export interface Site {
  app: TestApp;
  /** Without a slash at the end. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts the server on a free port of this machine, with links that lead to it.
 * @param host passkeys need a name, `localhost`: browsers have none for addresses
 */
export async function startSite(environment: Record<string, string> = {}, host = '127.0.0.1'): Promise<Site> {
  const port = await freePort();
  const url = `http://${host}:${port}`;
  const app = await startApp({ PUBLIC_URL: url, ...environment });
  await app.nest.listen(port, '127.0.0.1');
  return { app, url, stop: () => app.stop() };
}

/** The address has to be known before the server is built: it is in its links. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}
