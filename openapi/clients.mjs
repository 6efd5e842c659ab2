// Generates clients of the core's document with two generators and compiles them as strictly as TypeScript can; checks that the
// SDK's generated part is what the generator makes of the committed document.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
// Below this folder, where the compiler and the types are found.
const work = mkdtempSync(join(here, '.clients-'));
const run = (tool, ...args) =>
  execFileSync(join(here, 'node_modules', '.bin', tool), args, {
    cwd: here,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SDK_OUTPUT: join(work, 'hey-api') },
  });

/** Every file of a folder with its text. */
const readAll = (folder) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name))
      .map((file) => [file.slice(folder.length), readFileSync(file, 'utf8')]),
  );

const STRICT = {
  compilerOptions: {
    ...{ strict: true, noUncheckedIndexedAccess: true, noImplicitReturns: true, noFallthroughCasesInSwitch: true, isolatedModules: true },
    ...{ target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], types: [], module: 'nodenext', noEmit: true },
  },
};

/** Calls that compile only if paths, bodies, answers and error codes have the types they should have. */
const USE_PATHS = `import type { components, paths } from './openapi-typescript.js';
type Login = paths['/v1/auth/login']['post'];
export const body: Login['requestBody']['content']['application/json'] = { identifier: 'ada@example.com', password: 'x' };
export const id = (answer: Login['responses']['200']['content']['application/json']): string => answer.user.id;
// @ts-expect-error -- no such code
export const code: components['schemas']['Problem']['code'] = 'no.such_code';
`;
const USE_SDK = `import { signIn } from './hey-api/index.js';
const { data, error } = await signIn({ body: { identifier: 'ada@example.com', password: 'x' } });
export const id: string | undefined = data?.user.id;
export const isWrong: boolean = error?.code === 'auth.bad_credentials';
// @ts-expect-error -- no such code
export const isOther: boolean = error?.code === 'no.such_code';
`;

try {
  run('openapi-typescript', 'latchkey.json', '--default-non-nullable', 'false', '--output', join(work, 'openapi-typescript.d.ts'));
  run('openapi-ts', '-f', 'openapi-ts.config.mjs');
  writeFileSync(join(work, 'package.json'), '{"type":"module"}');
  writeFileSync(join(work, 'use-paths.ts'), USE_PATHS);
  writeFileSync(join(work, 'use-sdk.ts'), USE_SDK);
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(STRICT));
  run('tsc', '-p', work);
  const made = readAll(join(work, 'hey-api'));
  const committed = readAll(join(here, '..', 'packages', 'client', 'src', 'generated'));
  const differing = [...new Set([...Object.keys(made), ...Object.keys(committed)])].filter((name) => made[name] !== committed[name]);
  if (differing.length > 0) throw new Error(`packages/client/src/generated is out of date (npm --prefix openapi run generate): ${differing.join(', ')}`);
  console.log('Two generated clients compile, and the SDK is up to date.');
} catch (error) {
  console.error(error.stdout?.toString() || error.message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
