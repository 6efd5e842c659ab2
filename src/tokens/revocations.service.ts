import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { DatabaseService } from '../database/database.service.js';
import { LEEWAY_SECONDS } from './leeway.js';

/** Channel on which nodes tell each other about ended sessions. */
export const REVOCATIONS_CHANNEL = 'latchkey_revocations';

/**
 * Which sessions ended while access tokens of theirs may still be alive: known in memory, so that a request costs no query.
 */
@Injectable()
export class RevocationsService implements OnModuleInit {
  private readonly revoked = new Set<string>();

  constructor(
    private readonly database: DatabaseService,
    private readonly settings: Settings,
  ) {}

  async onModuleInit(): Promise<void> {
    const rows = await this.database.query<{ id: string }>(
      'SELECT session_id AS id FROM revocations WHERE revoked_at > now() - make_interval(secs => $1)',
      [this.windowSeconds],
    );
    for (const { id } of rows) this.revoked.add(id);
  }

  /** Whether the session ended, as far as this node knows. */
  isRevoked(sessionId: string): boolean {
    return this.revoked.has(sessionId);
  }

  /** Puts ended sessions on record in the caller's transaction; this node refuses their tokens from the commit on. */
  async record(sessionIds: readonly string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    await this.database.query('INSERT INTO revocations (session_id) SELECT unnest($1::uuid[])', [sessionIds]);
    this.database.afterCommit(() => sessionIds.forEach((id) => this.revoked.add(id)));
  }

  /** How long an ended session has to be remembered: the longest life of an access token, seconds. */
  private get windowSeconds(): number {
    return this.settings.ACCESS_TOKEN_TTL_SECONDS + LEEWAY_SECONDS;
  }
}
