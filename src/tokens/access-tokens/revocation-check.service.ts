import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../../common/errors.js';
import type { Principal } from '../../common/principal.js';
import { DatabaseClock } from '../../database/feed/database-clock.js';
import { DatabaseService } from '../../database/database.service.js';
import { InvalidTokenError, TokenExpiredError, TokenRevokedError } from './errors.js';
import { LEEWAY_SECONDS } from '../signing-keys/leeway.js';

/** How long the database may take before the server refuses the request, ms. */
const ANSWER_MS = 2_000;

/** A session that no longer exists counts as ended: it was deleted with its account. */
const STATE = `
  SELECT coalesce((SELECT s.revoked_at IS NOT NULL FROM sessions s WHERE s.id = $1), true) AS revoked,
         EXISTS (SELECT FROM signing_keys k WHERE k.id = $2 AND k.retired_at IS NULL) AS published,
         extract(epoch FROM clock_timestamp())::float8 * 1000 AS now`;

interface TokenState {
  revoked: boolean;
  published: boolean;
  now: number;
}

/** Checks a token in the database while this node may miss notifications. */
@Injectable()
export class RevocationCheck {
  constructor(
    private readonly database: DatabaseService,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * One query: has the session ended, has the key been withdrawn, what time is it?
   * @throws TokenRevokedError, InvalidTokenError, TokenExpiredError; UnavailableError without an answer: a token is never
   *   accepted on outdated information
   */
  async check(principal: Principal, keyId: string): Promise<void> {
    const { revoked, published, now } = await this.ask(principal.sessionId, keyId);
    if (revoked) throw new TokenRevokedError();
    if (!published) throw new InvalidTokenError();
    if ((principal.expiresAt + LEEWAY_SECONDS) * 1_000 <= now) throw new TokenExpiredError();
  }

  private async ask(sessionId: string, keyId: string): Promise<TokenState> {
    const sentAt = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('The database does not answer')), ANSWER_MS);
    });
    try {
      const [state] = await Promise.race([this.database.named<TokenState>('token-state', STATE, [sessionId, keyId]), tooLate]);
      if (state === undefined) throw new Error('The database said nothing');
      this.clock.observe(state.now, sentAt, performance.now());
      return state;
    } catch (error) {
      throw new UnavailableError(1, error);
    } finally {
      clearTimeout(timer);
    }
  }
}
