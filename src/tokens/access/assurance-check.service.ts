import { Injectable } from '@nestjs/common';
import type { AssuranceLevel, DemandedAssurance } from '../../common/access.js';
import type { Principal } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import { DatabaseClock } from '../../database/feed/database-clock.js';
import { StepUpRequiredError } from '../access-tokens/errors.js';
import { LEEWAY_SECONDS } from '../signing-keys/leeway.js';

/** Whether callers have the assurance that routes demand. */
@Injectable()
export class AssuranceCheck {
  constructor(
    private readonly database: DatabaseService,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Needs a query only for a caller below the demanded level, or whose proof is too old: to know what the account can reach.
   * @throws StepUpRequiredError
   */
  demand(principal: Principal, { level, maxAgeSeconds }: DemandedAssurance): true | Promise<true> {
    const isFresh = maxAgeSeconds === undefined || this.clock.nowSeconds() - principal.authTime <= maxAgeSeconds + LEEWAY_SECONDS;
    if (isFresh && principal.aal >= level) return true;
    return this.compare(principal, { level, isFresh, maxAgeSeconds });
  }

  private async compare(
    principal: Principal,
    { level, isFresh, maxAgeSeconds }: { level: AssuranceLevel; isFresh: boolean; maxAgeSeconds: number | undefined },
  ): Promise<true> {
    const [account] = await this.database.query<{ has: boolean }>(`SELECT factors <> '{}' AS has FROM users WHERE id = $1`, [
      principal.userId,
    ]);
    const reachable = account?.has === true ? level : 1;
    if (isFresh && principal.aal >= reachable) return true;
    throw new StepUpRequiredError(reachable, maxAgeSeconds);
  }
}
