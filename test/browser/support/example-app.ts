import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/** `examples/web` as it is deployed: built, and served on an origin of its own. */
export interface ExampleApp {
  /** Without a slash at the end. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Builds the app for the API at `apiUrl`.
 * @param port where it is served; any by default. Where it is known before, mails and providers lead back to it
 */
export async function serveExampleApp(apiUrl: string, port = 0): Promise<ExampleApp> {
  const returnTo = port === 0 ? {} : { 'import.meta.env.VITE_LATCHKEY_RETURN_TO': JSON.stringify(`http://localhost:${port}/`) };
  const root = fileURLToPath(new URL('../../../examples/web', import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-example-'));
  // What Vitest makes of it, "test", would have it built with React for development.
  const environment = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  await build({
    root,
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'error',
    define: { 'import.meta.env.VITE_LATCHKEY_URL': JSON.stringify(apiUrl), ...returnTo },
    build: { outDir: folder, emptyOutDir: true },
  }).finally(() => (process.env['NODE_ENV'] = environment));
  const server = createServer((request, response) => {
    const { pathname } = new URL(String(request.url), 'http://localhost');
    const path = pathname === '/' ? '/index.html' : pathname;
    readFile(join(folder, path)).then(
      (bytes) => response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream').end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    stop: () => stop(server, folder),
  };
}

async function stop(server: Server, folder: string): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
  await rm(folder, { recursive: true });
}
