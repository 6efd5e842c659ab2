import type { Harm } from '../config/harm.js';
import type { Settings } from '../config/settings.js';

/** Most nodes for which the feed was measured (`bench/reliability/heartbeat-fleet.mjs`). */
const MAX_NODES = 1_000;

/** One row, `Capacity`: connections that others than superusers may open, and nodes of this database, which each have one feed. */
export const CAPACITY = `
  SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS connections,
         (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'latchkey-feed') AS nodes`;

/** What the database bears, and how many nodes use it. */
export interface Capacity {
  connections: number;
  nodes: number;
}

/** What a node's connections depend on. */
type Connecting = Pick<Settings, 'DATABASE_DIRECT_URL' | 'DATABASE_POOL_SIZE' | 'MAIL_CONCURRENCY'>;

/** How many connections a node opens to PostgreSQL itself, at most: its pool, one of the feed, one that waits for jobs, and one for each job. */
export function connectionsOf({ DATABASE_DIRECT_URL: direct, DATABASE_POOL_SIZE: pool, MAIL_CONCURRENCY: jobs }: Connecting): number {
  return (direct === undefined ? pool : 0) + jobs + 2;
}

/** Whether the nodes that run, at least one, are more than the database bears. */
export function tooManyNodes(capacity: Capacity, settings: Connecting & Pick<Settings, 'REDIS_URL'>): Harm[] {
  const nodes = Math.max(1, capacity.nodes);
  const needed = nodes * connectionsOf(settings);
  const found: Harm[] = [];
  if (needed > capacity.connections)
    found.push({
      finding: `${nodes} ${nodes === 1 ? 'node needs' : 'nodes need'} up to ${needed} connections, the database allows ${capacity.connections}`,
      advice: 'lower DATABASE_POOL_SIZE or MAIL_CONCURRENCY, put a pooler at DATABASE_URL, or raise max_connections of PostgreSQL',
    });
  if (nodes > MAX_NODES)
    found.push({
      finding: `${nodes} nodes follow the ended sessions; the database wakes each of them for each one`,
      advice: `run fewer, larger nodes: up to ${MAX_NODES} were measured`,
    });
  if (nodes > 1 && settings.REDIS_URL === undefined)
    found.push({
      finding: `${nodes} nodes count rate limits each for itself, so that every limit is ${nodes} times as high`,
      advice: 'set REDIS_URL',
    });
  return found;
}
