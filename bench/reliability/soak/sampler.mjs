// Samples of the server, of PostgreSQL and of the answers.
import { percentile } from '../../statistics.mjs';

const STEP_SECONDS = 10;
/** A short try has so many samples. */
const MIN_SAMPLES = 12;
/** A line is printed after so many samples. */
const PROGRESS_SAMPLES = 12;
const MIB = 2 ** 20;

const TABLES = `
  SELECT relname AS name, pg_table_size(relid)::float8 AS "tableBytes", pg_indexes_size(relid)::float8 AS "indexBytes",
         n_live_tup::float8 AS live, n_dead_tup::float8 AS dead, n_tup_ins::float8 AS inserted, n_tup_upd::float8 AS updated,
         n_tup_del::float8 AS deleted, autovacuum_count::float8 AS vacuums
  FROM pg_stat_user_tables`;
const STATE = `
  SELECT count(*)::float8 AS connections, coalesce(max(extract(epoch FROM now() - xact_start)), 0)::float8 AS "oldestTransactionSeconds",
         pg_database_size(current_database())::float8 AS "databaseBytes", current_setting('autovacuum') AS autovacuum
  FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`;

export class Sampler {
  samples = [];

  /** @param client a connection to the database of the soak */
  constructor(latchkey, crowd, client) {
    this.latchkey = latchkey;
    this.crowd = crowd;
    this.client = client;
  }

  /** Seconds between two samples of a run of so many seconds. */
  stepSeconds(seconds) {
    return Math.min(STEP_SECONDS, seconds / MIN_SAMPLES);
  }

  /** @param at seconds since the load began */
  async take(at) {
    const { statuses, times } = this.crowd.drain();
    const metrics = await this.latchkey.metrics();
    const {
      rows: [state],
    } = await this.client.query(STATE);
    const { rows: tables } = await this.client.query(TABLES);
    this.samples.push({
      at,
      rssMib: metrics.process_resident_memory_bytes / MIB,
      heapMib: metrics.nodejs_heap_size_used_bytes / MIB,
      externalMib: metrics.nodejs_external_memory_bytes / MIB,
      descriptors: metrics.process_open_fds,
      // Since the last scrape.
      loopMs: metrics.nodejs_eventloop_lag_p99_seconds * 1_000,
      ...state,
      databaseMib: state.databaseBytes / MIB,
      statuses,
      answers: times.length,
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      tables: Object.fromEntries(tables.map(({ name, ...figures }) => [name, figures])),
    });
    const { rssMib, connections } = this.samples.at(-1);
    if (this.samples.length % PROGRESS_SAMPLES === 0)
      console.log(
        `      ${(at / 60).toFixed(0)} min: ${this.crowd.sent} requests, RSS ${rssMib.toFixed(0)} MiB, ${connections} connections`,
      );
  }
}
