import { join } from 'node:path';
import { type TestProjectInlineConfiguration, defineConfig } from 'vitest/config';
import { ByServer } from './test/support/by-server.js';

/** After how long a test counts as hanging, ms. A busy machine takes minutes for what an idle one does in seconds. */
const HANGING_MS = 300_000;

/** Every worker has servers of its own and hashes passwords, and loads all modules. */
const WORKERS = 2;

/** The projects of `npm test`; others run when the command line names them, as `npm test -- --project redis` does. */
const OF_NPM_TEST: readonly unknown[] = ['unit', 'e2e'];
const IS_CHOSEN = process.argv.some((argument) => /^--project(?:=|$)/.test(argument));

/** Signing in is what most tests begin with. */
const REMEMBERED_HASHES = { '@node-rs/argon2': join(import.meta.dirname, 'test/support/remembered-argon2.ts') };

/** What the files of a worker share, and must not be loaded by whichever comes first. */
const LOADED_FIRST = ['test/support/load-fetch.ts'];

/** The same, for files with databases. */
const WITH_DATABASES = [...LOADED_FIRST, 'test/support/drop-databases.ts'];

const PROJECTS: TestProjectInlineConfiguration[] = [
  {
    test: {
      name: 'unit',
      include: ['{src,test/unit,packages/*/test/unit}/**/*.spec.ts'],
      pool: 'forks',
      // The files of a worker share its modules, which takes half the time.
      isolate: false,
      setupFiles: LOADED_FIRST,
      // Beside the end-to-end tests, which wait now and then: projects of one group have as many workers together as each of them names.
      maxWorkers: WORKERS,
      testTimeout: HANGING_MS,
      hookTimeout: HANGING_MS,
      sequence: { groupOrder: 1 },
    },
  },
  {
    test: {
      name: 'e2e',
      alias: REMEMBERED_HASHES,
      include: ['{test,packages/*/test}/*.{spec,e2e-spec}.ts', 'test/contracts/**/*.{spec,e2e-spec}.ts'],
      globalSetup: ['test/support/global-setup.ts'],
      pool: 'forks',
      // The files of a worker share its modules: loading the server anew for each would take a fifth of the time.
      isolate: false,
      setupFiles: WITH_DATABASES,
      maxWorkers: WORKERS,
      // With the usual 16 MiB the garbage collector takes a seventh of the time.
      execArgv: ['--max-semi-space-size=64'],
      testTimeout: HANGING_MS,
      hookTimeout: HANGING_MS,
      sequence: { groupOrder: 1 },
    },
  },
  {
    // Kills, stalls and rotates what the server relies on, and races requests: `npm run test:reliability`, not part of `npm test`. They mostly wait.
    test: {
      name: 'reliability',
      include: ['test/reliability/*.reliability-spec.ts'],
      globalSetup: ['test/support/global-setup.ts'],
      pool: 'forks',
      isolate: false,
      setupFiles: WITH_DATABASES,
      maxWorkers: 3,
      execArgv: ['--max-semi-space-size=64'],
      testTimeout: HANGING_MS,
      hookTimeout: HANGING_MS,
      sequence: { groupOrder: 9 },
    },
  },
  {
    // Every operation as everybody, hostile input in every field, every spelling, every foreign hash: `npm run test:sweeps`, not part of
    // `npm test`.
    test: {
      name: 'sweeps',
      include: ['test/sweeps/*.sweep-spec.ts'],
      globalSetup: ['test/support/global-setup.ts'],
      pool: 'forks',
      maxWorkers: 2,
      execArgv: ['--max-semi-space-size=64'],
      testTimeout: HANGING_MS,
      hookTimeout: HANGING_MS,
      sequence: { groupOrder: 6 },
    },
  },
  {
    // Compile the sources, or copies of them: `npm run test:house`, not part of `npm test`.
    test: {
      name: 'house',
      include: ['{test,packages/*/test}/house/*.house-spec.ts'],
      globalSetup: ['test/support/global-setup.ts'],
      pool: 'forks',
      maxWorkers: 2,
      testTimeout: HANGING_MS,
      hookTimeout: HANGING_MS,
      sequence: { groupOrder: 4 },
    },
  },
  {
    // Makes, kills and takes over PostgreSQL servers: `npm run test:embedded`, not part of `npm test`.
    test: {
      name: 'embedded',
      include: ['test/embedded/*.embedded-spec.ts'],
      pool: 'forks',
      testTimeout: HANGING_MS,
      hookTimeout: HANGING_MS,
      sequence: { groupOrder: 5 },
    },
  },
  {
    // Needs Chromium: `npm run test:browser`, not part of `npm test`.
    test: {
      name: 'browser',
      alias: REMEMBERED_HASHES,
      include: ['{test,packages/*/test}/browser/**/*.browser-spec.ts'],
      globalSetup: ['test/support/global-setup.ts'],
      pool: 'forks',
      isolate: false,
      setupFiles: WITH_DATABASES,
      maxWorkers: 2,
      testTimeout: HANGING_MS,
      hookTimeout: HANGING_MS,
      sequence: { groupOrder: 2 },
    },
  },
  {
    // Fetches other runtimes: `npm run smoke -w @latchkey/client`, not part of any other run.
    test: {
      name: 'smoke',
      include: ['packages/*/test/smoke/*.smoke-spec.ts'],
      globalSetup: ['test/support/global-setup.ts'],
      pool: 'forks',
      testTimeout: HANGING_MS,
      hookTimeout: HANGING_MS,
      sequence: { groupOrder: 8 },
    },
  },
  {
    // Needs Chromium and a build of the example app: `npm --prefix examples/next test`, not part of any other run.
    test: {
      name: 'next',
      include: ['examples/next/test/*.browser-spec.ts'],
      globalSetup: ['test/support/global-setup.ts'],
      pool: 'forks',
      testTimeout: HANGING_MS,
      hookTimeout: HANGING_MS,
      sequence: { groupOrder: 7 },
    },
  },
  {
    // Needs redis-server: `npm run test:redis`, not part of `npm test`.
    test: {
      name: 'redis',
      include: ['test/redis/**/*.redis-spec.ts'],
      globalSetup: ['test/support/global-setup.ts'],
      pool: 'forks',
      // On a machine that stalls for 40 ms, Redis is away for the server, and nodes count for themselves.
      retry: 2,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      sequence: { groupOrder: 3 },
    },
  },
];

// Vite compiles with the decorator options of tsconfig.json, metadata included; Nest and class-validator need both.
export default defineConfig({
  test: {
    projects: PROJECTS.filter(({ test }) => IS_CHOSEN || OF_NPM_TEST.includes(test?.name)),
    sequence: { sequencer: ByServer },
  },
});
