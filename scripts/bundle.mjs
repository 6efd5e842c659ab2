// Joins the compiled server into few files, for a start spends most of its time on finding and reading modules. The entries dist/main.js,
// dist/cli.js and dist/server.js are replaced; the single modules stay beside them for scripts that import them. See docs/adr/0022.
import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const ENTRIES = ['main', 'cli', 'server'];

/**
 * Packages that are joined, too: of several hundred files the server uses a few. Only such as no other package imports, for two copies of a
 * class are two classes.
 */
const JOINED = /^(?:@nestjs\/swagger|es-toolkit)(?:\/|$)/;

const isOwn = (id) => id.startsWith(dist) && !id.includes('node_modules');

/** Modules find their templates and workers beside them. Joined files lie at the top of dist, so the rest of the path is written into them. */
const placed = {
  name: 'placed',
  load(id) {
    if (!isOwn(id)) return null;
    const own = relative(dist, id).replaceAll('\\', '/');
    const code = readFileSync(id, 'utf8').replaceAll(/import\.meta\.(dirname|url)/g, (_, what) =>
      what === 'url' ? `new URL('./${own}', import.meta.url).href` : `(import.meta.dirname + '/${dirname(own)}')`,
    );
    return { code, map: readFileSync(`${id}.map`, 'utf8') };
  },
};

const bundle = await rolldown({
  input: Object.fromEntries(ENTRIES.map((name) => [name, `${dist}/${name}.js`])),
  platform: 'node',
  external: (id) => /^[@a-z]/.test(id) && !JOINED.test(id),
  plugins: [placed],
  treeshake: { moduleSideEffects: isOwn },
});
// Names stay, for logs and documents show the names of classes.
await bundle.write({
  dir: dist,
  format: 'esm',
  keepNames: true,
  sourcemap: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'joined-[name].js',
});
await bundle.close();
