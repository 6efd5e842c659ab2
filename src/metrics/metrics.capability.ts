import type { Capability, Declarations } from '../common/capability.js';
import { ownSecret } from '../config/setting.js';

const declared = {
  settings: {
    METRICS_TOKEN: ownSecret({
      doc: 'Bearer token for `/metrics`. Without it the server serves `/metrics` only outside production.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    metrics: typeof declared;
  }
}

/** Metrics for Prometheus. */
export const metrics = {
  name: 'metrics',
  folder: import.meta.dirname,
  module: async () => (await import('./metrics.module.js')).MetricsModule,
  ...declared,
} as const satisfies Capability;
