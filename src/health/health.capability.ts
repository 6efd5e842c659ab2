import type { Capability, Declarations } from '../common/capability.js';
import { integer } from '../config/setting.js';

const declared = {
  settings: {
    SHUTDOWN_GRACE_SECONDS: integer({
      default: 0,
      production: 5,
      min: 0,
      max: 300,
      doc: 'How long a stopping server answers requests while it reports "not ready", so that load balancers notice.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    health: typeof declared;
  }
}

/** Liveness and readiness of a node. */
export const health = {
  name: 'health',
  folder: import.meta.dirname,
  module: async () => (await import('./health.module.js')).HealthModule,
  tags: [{ name: 'Operations', description: 'The start page, health, metrics, and reports of mail providers.', position: 7 }],
  ...declared,
} as const satisfies Capability;
