import { defineConfig } from 'vitest/config';

/** After how long a test counts as hanging, ms. A busy machine takes minutes for what an idle one does in seconds. */
const HANGING_MS = 300_000;

// Vite compiles with the decorator options of tsconfig.json, metadata included; Nest and class-validator need both.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,test/unit,packages/*/test/unit}/**/*.spec.ts'],
          testTimeout: HANGING_MS,
          hookTimeout: HANGING_MS,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['{test,packages/*/test}/*.{spec,e2e-spec}.ts', 'test/contracts/**/*.{spec,e2e-spec}.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          pool: 'forks',
          // The files of a worker share its modules: loading the server anew for each would take a fifth of the time.
          isolate: false,
          // Every worker has a server of its own and hashes passwords: more of them than cores only wait for each other.
          maxWorkers: 2,
          testTimeout: HANGING_MS,
          hookTimeout: HANGING_MS,
          // Apart from the unit tests, which would otherwise take the cores away from the first files.
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Needs Chromium: `npm run test:browser`, not part of `npm test`.
        test: {
          name: 'browser',
          include: ['{test,packages/*/test}/browser/**/*.browser-spec.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          pool: 'forks',
          isolate: false,
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
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
    ],
  },
});
