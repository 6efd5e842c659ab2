// Checks the packages as they are handed out and published (after `npm run build`): that every export leads to a file and to types, in every
// way of resolving modules that knows ES modules, and that nothing runs at install.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '../../dist/packages');
const tool = (name, ...words) =>
  execFileSync(join(import.meta.dirname, 'node_modules/.bin', name), words, { stdio: ['ignore', 'inherit', 'inherit'] });

for (const name of ['client', 'verifier']) {
  const file = join(packages, `${name}.tgz`);
  const manifest = JSON.parse(execFileSync('tar', ['xzOf', file, 'package/package.json'], { encoding: 'utf8' }));
  if (manifest.scripts !== undefined || manifest.devDependencies !== undefined)
    throw new Error(`${name}.tgz has scripts or devDependencies`);
  tool('publint', file, '--strict');
  tool('attw', file, '--profile', 'esm-only');
}
