import { Injectable } from '@nestjs/common';
import { AccountDeletionService } from '../../auth/account/account-deletion.service.js';
import { CredentialChange } from '../../auth/passwords/credential-change.service.js';
import type { Caller } from '../../common/caller.js';
import type { Principal } from '../../common/principal.js';

/** Deleting an account without its password, for wire formats that promise so. */
@Injectable()
export class PromisedDeletion {
  constructor(
    private readonly gate: CredentialChange,
    private readonly deletion: AccountDeletionService,
  ) {}

  /**
   * Deletes the account for good.
   * @param by its owner, or an administrator
   * @throws ForbiddenError, LastAdminError, UserNotFoundError
   */
  async delete(id: string, by: Principal, caller: Caller): Promise<void> {
    await this.deletion.delete(await this.gate.authorize(by, 'deletion', { accountId: id, as: 'contract' }, caller), caller);
  }
}
