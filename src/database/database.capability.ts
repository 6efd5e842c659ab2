import type { Capability, Declarations } from '../common/capability.js';
import { bool, integer, url } from '../config/setting.js';

const declared = {
  settings: {
    DATABASE_URL: url(['postgres:', 'postgresql:'], {
      optional: true,
      requiredInProduction: true,
      secret: true,
      example: 'postgres://latchkey:password@db:5432/latchkey',
      doc: 'URL of a PostgreSQL 15 or newer. Without it the server starts an embedded PostgreSQL (never in production).',
    }),
    DATABASE_DIRECT_URL: url(['postgres:', 'postgresql:'], {
      optional: true,
      // Without `DATABASE_URL` the server uses the embedded database; migrations must not go to another one.
      check: (_value, { DATABASE_URL: main }) => (main === undefined ? ['DATABASE_URL must be set when DATABASE_DIRECT_URL is'] : []),
      secret: true,
      example: 'postgres://latchkey:password@db:5432/latchkey',
      doc: 'URL of the same database without a pooler such as pgbouncer: for migrations, the mail queue, and the connection on which a node learns of ended sessions. Default: `DATABASE_URL`.',
    }),
    DATABASE_POOL_SIZE: integer({ default: 10, min: 2, max: 200, doc: 'Maximum number of connections that this node opens for requests.' }),
    MIGRATE_ON_START: bool({
      default: true,
      production: false,
      doc: 'Run migrations at start (safe with several nodes). The alternative is `latchkey migrate`.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    database: typeof declared;
  }
}

/** The connection to PostgreSQL. */
export const database = {
  name: 'database',
  folder: import.meta.dirname,
  ...declared,
} as const satisfies Capability;
