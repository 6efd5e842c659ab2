import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Settings } from '../../config/settings.js';
import { DatabaseService } from '../../database/database.service.js';
import { RevocationsService } from '../access-tokens/revocations.service.js';
import { SessionCapRepository } from './session-cap.repository.js';

/**
 * Sessions that end in one transaction, which tells of them in one message. Other transactions that end sessions wait for its commit: a
 * batch holds them up for a few milliseconds.
 */
const BATCH = 200;

/** At most `SESSIONS_PER_ACCOUNT` live sessions an account: beyond that, those that were unused for longest end. */
@Injectable()
export class SessionCap {
  private readonly most: number;

  constructor(
    private readonly sessions: SessionCapRepository,
    private readonly revocations: RevocationsService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    settings: Settings,
  ) {
    this.most = settings.SESSIONS_PER_ACCOUNT;
  }

  /**
   * Whether an account with so many live sessions may be over the cap. Sign-ins at the same time do not see each other, hence half of it:
   * each of them looks again once it has committed, and the last one sees all.
   */
  isNear(live: number): boolean {
    return live >= Math.floor(this.most / 2);
  }

  /**
   * Ends what is beyond the cap, in transactions of its own; a caller's transaction stays small, and need not commit.
   * @param keep a session that stays although it was not used for long
   */
  async trim(userId: string, keep: string | null = null): Promise<void> {
    const last = await this.sessions.findLastWithin(userId, this.most);
    if (last === null) return;
    await this.database.apart(async () => {
      for (let after: string | null = null; ; await nextTurn()) {
        const from: string | null = after;
        after = await this.database.transaction(() => this.endPage(userId, { last, keep, after: from }));
        if (after === null) return;
      }
    });
  }

  /** @returns id of the last session of the page; null when there are no more */
  private async endPage(
    userId: string,
    page: { last: { lastUsedAt: string; id: string }; keep: string | null; after: string | null },
  ): Promise<string | null> {
    const { ended, last } = await this.sessions.revokeUnused(userId, 'too-many', { ...page, limit: BATCH });
    if (ended.length > 0) {
      await this.revocations.record(ended.filter(({ minted }) => minted).map(({ id }) => id));
      const details = { reason: 'too-many', count: ended.length };
      await this.audit.record({ action: 'session.ended', outcome: 'success', subjectId: userId, details });
    }
    return last;
  }
}
