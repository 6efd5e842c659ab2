import type { Capability, Declarations } from '../common/capability.js';
import { oneOf, url } from '../config/setting.js';
import { problemsOfRedisUrl } from './redis-servers.js';

const declared = {
  settings: {
    RATE_LIMIT: oneOf(['on', 'off'], {
      check: (value, { NODE_ENV: environment }) =>
        value === 'off' && environment === 'production' ? ['RATE_LIMIT must be on in production'] : [],
      default: 'on',
      doc: '`off` disables rate limits and mail limits, for tests and benchmarks; refused in production.',
    }),
    REDIS_URL: url(['redis:', 'rediss:'], {
      optional: true,
      severalHosts: true,
      check: (value) => problemsOfRedisUrl(value ?? ''),
      secret: true,
      example: 'redis://cache:6379',
      doc: 'Redis in which several nodes count rate limits together. With Sentinel `redis://user:password@sentinel1,sentinel2/0?sentinel=mymaster` (and `&sentinel_password=…`), with Redis Cluster `redis://user:password@redis1:6379,redis2:6379?cluster=true`. Without it, and while it does not answer, each node counts for itself.',
    }),
  },
  errors: {
    'request.throttled': {
      status: 429,
      title: 'Too many requests',
      kind: 'throttled',
      advice: 'Wait `Retry-After` seconds and tell the user. Do not repeat the request automatically.',
      page: { title: 'page.failure.too-many-tries', advice: ['page.failure.too-many-tries-advice'] },
    },
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    throttling: typeof declared;
  }
}

/** Rate limits. */
export const throttling = {
  name: 'throttling',
  folder: import.meta.dirname,
  module: async () => (await import('./throttling.module.js')).ThrottlingModule,
  ...declared,
} as const satisfies Capability;
