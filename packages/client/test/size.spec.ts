import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { describe, expect, it } from 'vitest';

const sdk = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));

/** The sizes that the README states, kB by name. */
const STATED = Object.fromEntries(
  [...readFileSync(sdk('README.md'), 'utf8').matchAll(/^\| `([^`]+)`.* ([\d.]+) kB \|$/gm)].map(([, name, size]) => [name, Number(size)]),
);

describe('the SDK', () => {
  it.each([
    ['@latchkey/client', 'createClient', 'index'],
    ['@latchkey/client/sign-in', 'withSignIn', 'sign-in'],
    ['@latchkey/client/operations', 'listBooks', 'operations'],
    ['@latchkey/client/react', 'useSession', 'react'],
    ['@latchkey/client/vue', 'useSession', 'vue'],
    ['@latchkey/client/svelte', 'session', 'svelte'],
    ['@latchkey/client/angular', 'injectSession', 'angular'],
    ['@latchkey/client/server', 'createServerClient', 'server'],
    ['@latchkey/client/web', 'createWebAdapter', 'web'],
    ['@latchkey/client/next', 'createNextAdapter', 'next'],
  ])('adds no more to an app with %s than its README states, gzipped', async (name, imported, file) => {
    const bytes = gzipSync(await bundle(`export { ${imported} } from ${JSON.stringify(sdk(`src/${file}.ts`))};`)).length;
    expect(bytes / 1_000).toBeLessThanOrEqual(STATED[name] ?? 0);
    // The README does not exaggerate, either.
    expect(bytes / 1_000).toBeGreaterThan((STATED[name] ?? 0) - 0.5);
  });

  it('adds at most 8.6 kB to an app that signs people in, half of one for proofs of work', () => {
    expect(STATED['@latchkey/client']).toBeLessThanOrEqual(8.6);
  });

  it('adds at most 3 kB to an app that also renders its pages on a server', async () => {
    const client = `export { createClient } from ${JSON.stringify(sdk('src/index.ts'))};`;
    const both = `${client} export { createServerClient } from ${JSON.stringify(sdk('src/server.ts'))};`;
    const [alone, together] = await Promise.all([client, both].map(async (source) => gzipSync(await bundle(source)).length));
    expect(Number(together) - Number(alone)).toBeLessThanOrEqual(3_000);
  });
});

async function bundle(source: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      { name: 'entry', resolveId: (id) => (id === 'entry' ? '\0entry' : undefined), load: (id) => (id === '\0entry' ? source : undefined) },
    ],
    build: {
      write: false,
      minify: true,
      rolldownOptions: { input: 'entry', external: ['react', 'vue', '@angular/core'], preserveEntrySignatures: 'strict' },
    },
  });
  return (built as unknown as { output: [{ code: string }] }).output[0].code;
}
