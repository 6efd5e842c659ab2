import { Injectable } from '@nestjs/common';
import { BoundedEvents } from '../../audit/bounded-events.service.js';
import type { Caller } from '../../common/caller.js';
import { ForbiddenError } from '../../common/errors.js';
import type { Principal } from '../../common/principal.js';
import { StepUpRequiredError } from '../../tokens/access-tokens/errors.js';
import { Settings } from '../../config/settings.js';

/** Operations that some contracts open to anyone. With `CONTRACTS_OPEN=false`, only the owner and administrators may use an account. */
@Injectable()
export class OpenOperations {
  constructor(
    private readonly settings: Settings,
    private readonly events: BoundedEvents,
  ) {}

  /** Whether anyone may call these operations. */
  get areOpen(): boolean {
    return this.settings.CONTRACTS_OPEN;
  }

  /**
   * @param accountId undefined if the account does not exist; callers who may not see it must not learn that
   * @throws ForbiddenError unless operations are open, or the user may see and change this account
   */
  demandAccessTo(accountId: string | undefined, user: Principal | undefined, caller: Caller): void {
    if (!this.areOpen) this.demandOwnerOrAdmin(accountId, user, caller);
  }

  /**
   * What administrators see of accounts of others goes on record.
   * @throws ForbiddenError unless the account is the user's own, or the user is an administrator; StepUpRequiredError when an
   *   administrator's session has less assurance than `ADMIN_REQUIRES` says
   */
  demandOwnerOrAdmin(accountId: string | undefined, user: Principal | undefined, caller: Caller): void {
    if (user !== undefined && user.userId === accountId) return;
    if (user === undefined || !user.roles.includes('admin')) throw new ForbiddenError();
    // What administration demands is demanded here, too: a contract is no way around it.
    if (user.recovered || (user.aal < 2 && this.settings.ADMIN_REQUIRES === 'aal2')) throw new StepUpRequiredError(2);
    if (accountId === undefined) return;
    this.events.note({
      action: 'administration.read',
      outcome: 'success',
      actorId: user.userId,
      subjectId: accountId,
      caller,
      details: { clientId: user.clientId },
    });
  }
}
