import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DatabaseService } from '../../database/database.service.js';
import { type DeletedBatch, IN_ORDER_OF_INDEX, deleteBatchSql, deleteInBatches } from '../../database/old-rows.js';
import { LEEWAY_SECONDS, MAX_ACCESS_TTL_SECONDS, SIGNING_DELAY_SECONDS } from '../signing-keys/leeway.js';

/** Advisory lock under which old rows are deleted: of several nodes, one at a time. */
const HOUSEKEEPING_LOCK = 'latchkey:token-housekeeping';

const INTERVAL_MS = 10 * 60_000;

/** What is deleted when, in SQL; each condition has an index. */
const OLD_ROWS = [
  // As long as an access token can live by any configuration, so that a longer lifetime may be set at any time.
  { table: 'revocations', time: 'revoked_at', seconds: MAX_ACCESS_TTL_SECONDS + LEEWAY_SECONDS + SIGNING_DELAY_SECONDS },
  // A month longer than they could be used, for questions of support.
  { table: 'sessions', time: 'expires_at', seconds: 30 * 86_400 },
  { table: 'challenges', time: 'expires_at', seconds: 7 * 86_400 },
  { table: 'invitations', time: 'expires_at', seconds: 30 * 86_400 },
  { table: 'sign_ins', time: 'expires_at', seconds: 86_400 },
  { table: 'devices', time: 'trusted_until', seconds: 86_400 },
  { table: 'left_challenges', time: 'expires_at', seconds: 0 },
  { table: 'code_tallies', time: 'ends_at', seconds: 0 },
  // A little longer than they could be used: a clock may be off.
  { table: 'proofs_of_work', time: 'expires_at', seconds: 60 },
  { table: 'mail_report_tokens', time: 'expires_at', seconds: 60 },
  { table: 'signing_keys', time: 'retired_at', seconds: 365 * 86_400 },
] as const;

const NOTHING: DeletedBatch = { rows: 0, last: null };

/** Deletes what nobody can need any more: ended revocations, sessions, challenges, invitations, sign-ins, remembered devices and keys. */
@Injectable()
export class TokenHousekeeping implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('TokenHousekeeping');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  constructor(private readonly database: DatabaseService) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      // A run may take longer than the time until the next one.
      this.working ??= this.run().finally(() => (this.working = undefined));
    }, INTERVAL_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await this.working;
  }

  /** Deletes all that is old, batch by batch, and stops where another node is at it. Never fails. */
  async run(): Promise<void> {
    try {
      for (const rows of OLD_ROWS) {
        await deleteInBatches((from) => this.deleteBatch(rows, from), this.stopping.signal);
      }
    } catch (error) {
      this.logger.warn(`Old rows could not be deleted: ${(error as Error).message}`);
    }
  }

  private deleteBatch({ table, time, seconds }: (typeof OLD_ROWS)[number], from: string): Promise<DeletedBatch> {
    return this.database.transaction(async () => {
      const [lock] = await this.database.query<{ mine: boolean }>(
        `SELECT pg_try_advisory_xact_lock(hashtext($1)) AS mine, ${IN_ORDER_OF_INDEX}`,
        [HOUSEKEEPING_LOCK],
      );
      if (lock?.mine !== true) return NOTHING;
      const [deleted] = await this.database.query<DeletedBatch>(deleteBatchSql(table, time, 'now() - make_interval(secs => $2)'), [
        from,
        seconds,
      ]);
      return deleted ?? NOTHING;
    });
  }
}
