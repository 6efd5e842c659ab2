import { type Server, createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/**
 * Serves an app on another origin of the same site: one script for every page, and for workers.
 * @param entry in the folder above
 */
export async function serveApp(entry: string): Promise<Server> {
  const script = await bundle(entry);
  const server = createServer((request, response) => {
    const isScript = request.url === '/app.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript
        ? script
        : '<!doctype html><title>App</title><link rel="icon" href="data:,"><body><script type="module" src="/app.js"></script>',
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The app as one script. */
async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, lib: { entry: fileURLToPath(new URL(`../${entry}`, import.meta.url)), formats: ['es'], fileName: 'app' } },
  });
  const [{ output }] = built as unknown as [{ output: [{ code: string }] }];
  return output[0].code;
}
