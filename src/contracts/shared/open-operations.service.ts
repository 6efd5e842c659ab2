import { Injectable } from '@nestjs/common';
import { ForbiddenError } from '../../common/errors.js';
import type { Principal } from '../../common/principal.js';
import { Settings } from '../../config/settings.js';

/** Operations that some documents leave open to anyone; with `CONTRACTS_OPEN=false` an account is for its owner and administrators. */
@Injectable()
export class OpenOperations {
  constructor(private readonly settings: Settings) {}

  /** Whether anyone may call them, as the documents say. */
  get areOpen(): boolean {
    return this.settings.CONTRACTS_OPEN;
  }

  /**
   * @param accountId undefined if the account does not exist; callers who may not see it must not learn that
   * @throws ForbiddenError unless operations are open, or the caller may see and change this account
   */
  demandAccessTo(accountId: string | undefined, caller: Principal | undefined): void {
    if (!this.areOpen) this.demandOwnerOrAdmin(accountId, caller);
  }

  /** @throws ForbiddenError unless the account is the caller's own, or the caller is an administrator */
  demandOwnerOrAdmin(accountId: string | undefined, caller: Principal | undefined): void {
    if (caller === undefined || (caller.userId !== accountId && !caller.roles.includes('admin'))) throw new ForbiddenError();
  }
}
