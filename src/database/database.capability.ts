import type { Capability, Declarations } from '../common/capability.js';
import { parameterOf } from '../config/hosts.js';
import { bool, integer, url } from '../config/setting.js';

const SCHEMES = ['postgres:', 'postgresql:'];

/** Without `DATABASE_URL` the server uses the embedded database, which the setting `name` does not lead to. */
const needsMain = (name: string, main: unknown): string[] => (main === undefined ? [`DATABASE_URL must be set when ${name} is`] : []);

/** The server writes, so that it can use no other kind of PostgreSQL server. */
const isPrimary = (name: string, value: string | undefined): string[] =>
  [null, 'read-write', 'primary'].includes(parameterOf(value ?? '', 'target_session_attrs'))
    ? []
    : [`${name} must have target_session_attrs=read-write or none: the server writes`];

const declared = {
  settings: {
    DATABASE_URL: url(SCHEMES, {
      optional: true,
      mayLackHost: true,
      requiredInProduction: true,
      severalHosts: true,
      check: (value) => isPrimary('DATABASE_URL', value),
      secret: true,
      example: 'postgres://latchkey:password@db:5432/latchkey',
      doc: 'URL of a PostgreSQL 15 or newer. It may name several servers, `postgres://user:password@pg1:5432,pg2:5432/latchkey`; the server uses the one that accepts writes. Without the setting it starts an embedded PostgreSQL (never in production).',
    }),
    DATABASE_DIRECT_URL: url(SCHEMES, {
      optional: true,
      mayLackHost: true,
      severalHosts: true,
      check: (value, { DATABASE_URL: main }) => [...needsMain('DATABASE_DIRECT_URL', main), ...isPrimary('DATABASE_DIRECT_URL', value)],
      secret: true,
      example: 'postgres://latchkey:password@db:5432/latchkey',
      doc: 'URL of the same database without a pooler such as pgbouncer: for migrations, the mail queue, and the connection on which a node learns of ended sessions. Default: `DATABASE_URL`.',
    }),
    DATABASE_REPLICA_URL: url(SCHEMES, {
      optional: true,
      mayLackHost: true,
      severalHosts: true,
      check: (_value, { DATABASE_URL: main }) => needsMain('DATABASE_REPLICA_URL', main),
      secret: true,
      example: 'postgres://latchkey:password@db-replica:5432/latchkey',
      doc: 'URL of a streaming replica that answers administrators who list accounts or audit events, whenever it has everything that the primary had when they asked; otherwise the primary answers.',
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
