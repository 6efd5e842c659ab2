import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppError } from '../common/errors.js';
import { pause } from '../common/pause.js';
import { Settings } from '../config/settings.js';
import { dataSourceOptions } from './data-source.js';
import { DatabaseService } from './database.service.js';
import { connectionTo } from './servers.js';
import { breakWhenSilent } from './silence.js';

/** How long a request waits for a connection to the replica, ms, before it reads the primary. */
const CONNECT_MS = 500;
/** Longest statement on the replica, ms; lists take milliseconds. Whatever takes longer is read from the primary instead. */
const STATEMENT_MS = 1_000;
/** A replica that does not answer for this long is dead, ms. */
const SILENCE_MS = STATEMENT_MS + 500;
/** How long a request waits for the replica to catch up with the primary, ms. */
const LAG_MS = 100;
const LAG_STEP_MS = 10;
/** How long requests read the primary after the replica was lost, before one tries again, ms. */
const AWAY_MS = 5_000;

/**
 * A server and the history of its data: the cluster, the timeline, which is a new one after each failover, and the database. A position
 * in the log says nothing about another one.
 */
const HISTORY = (timeline: string): string =>
  `concat_ws('/', (SELECT system_identifier FROM pg_control_system()), ${timeline},
     (SELECT oid FROM pg_database WHERE datname = current_database())) AS history`;

const PRIMARY = `SELECT pg_current_wal_lsn()::text AS position,
  ${HISTORY(`('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int`)}`;

/** The timeline is that of the replica's last restart point: until the first one after a failover, a few minutes, the primary answers. */
const REPLICA = `SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= $1::pg_lsn AS "caughtUp",
  ${HISTORY('(SELECT timeline_id FROM pg_control_checkpoint())')}`;

/** Up to where the replica has to have replayed which log. */
interface Mark {
  position: string;
  history: string;
}

/** The replica lacks changes that the primary has committed, or follows another server. */
class BehindError extends Error {}

/**
 * Reads for administrators from the replica at `DATABASE_REPLICA_URL`. Without one, while it is away, and while it lags behind, the
 * primary answers.
 *
 * A read never misses what was committed before it began, whoever committed it: the replica answers only when it has replayed the log up
 * to the primary's position at that time. So administrators see their own changes. A replica that follows another server than the primary,
 * as one of the former primary's does after a failover, is not asked. Nothing that decides about access reads here.
 */
@Injectable()
export class ReplicaReads implements OnApplicationShutdown {
  private readonly logger = new Logger('Replica');
  private readonly stopping = new AbortController();
  private replica: Promise<DataSource> | undefined;
  private away = false;
  private triesAgainAt = 0;

  constructor(
    private readonly database: DatabaseService,
    private readonly primary: DataSource,
    private readonly settings: Settings,
  ) {}

  /** The result of `work`, which may only read. After any failure on the replica it runs again, on the primary. */
  async read<T>(work: () => Promise<T>): Promise<T> {
    const isUsable = this.settings.DATABASE_REPLICA_URL !== undefined && performance.now() >= this.triesAgainAt;
    if (!isUsable || this.database.inTransaction) return work();
    try {
      // Fails on a server that is no primary any more; that one may still answer `work`.
      const [mark] = await this.database.query<Mark>(PRIMARY);
      if (mark === undefined) return await work();
      const found = await this.readReplica(mark, work);
      this.noteReturn();
      return found;
    } catch (error) {
      // An expected failure, such as a bad cursor, is the same on the primary.
      if (error instanceof AppError) throw error;
      if (!(error instanceof BehindError)) this.noteLoss(error as Error);
      return work();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.replica?.then((source) => source.destroy()).catch(() => {});
  }

  private async readReplica<T>({ position, history }: Mark, work: () => Promise<T>): Promise<T> {
    const replica = await (this.replica ??= this.connect().catch((error: Error) => this.forget(error)));
    return replica.transaction(async (manager) => {
      const deadline = performance.now() + LAG_MS;
      for (;;) {
        const [row] = await manager.query<{ caughtUp: boolean | null; history: string }[]>(REPLICA, [position]);
        if (row?.history !== history) throw new BehindError('The replica follows another server');
        if (row.caughtUp === true) return this.database.inside(manager, work);
        if (performance.now() > deadline) throw new BehindError('The replica lags behind');
        await pause(LAG_STEP_MS, this.stopping.signal);
      }
    });
  }

  private connect(): Promise<DataSource> {
    const { DATABASE_REPLICA_URL: url } = this.settings;
    const options = dataSourceOptions({ ...this.settings, DATABASE_URL: url });
    return new DataSource({
      ...options,
      entities: this.primary.options.entities ?? [],
      connectTimeoutMS: CONNECT_MS,
      applicationName: 'latchkey-replica',
      installExtensions: false,
      extra: {
        ...options.extra,
        Client: connectionTo(url, true).Client,
        statement_timeout: STATEMENT_MS,
        onConnect: (client: object) => breakWhenSilent(client, SILENCE_MS),
      },
      poolErrorHandler: (error: Error) => this.noteLoss(error),
    }).initialize();
  }

  /** The next read connects anew. */
  private forget(error: Error): never {
    this.replica = undefined;
    throw error;
  }

  private noteLoss({ message }: Error): void {
    if (!this.away) this.logger.warn(`The replica does not answer, the primary answers administrators meanwhile: ${message}`);
    this.away = true;
    this.triesAgainAt = performance.now() + AWAY_MS;
  }

  private noteReturn(): void {
    if (this.away) this.logger.log('The replica is back');
    this.away = false;
  }
}
