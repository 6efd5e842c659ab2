import { Injectable } from '@nestjs/common';
import { AccountDeletionService } from '../../../auth/account/account-deletion.service.js';
import { CredentialChange } from '../../../auth/passwords/credential-change.service.js';
import type { Caller } from '../../../common/caller.js';
import type { Asker } from './asker.js';

/** Deleting an account, for wire formats that promise it without the password. */
@Injectable()
export class PromisedDeletion {
  constructor(
    private readonly gate: CredentialChange,
    private readonly deletion: AccountDeletionService,
  ) {}

  /**
   * Deletes the account for good.
   * @throws BadCredentialsError when the asker needs a password and it is missing or wrong; ForbiddenError, LastAdminError,
   *   UserNotFoundError, ThrottledError, BusyError
   */
  async delete(id: string, { contract, user, password }: Asker, caller: Caller): Promise<void> {
    const authorization = await this.gate.authorize(user, 'deletion', { accountId: id, promisedBy: contract, password }, caller);
    await this.deletion.delete(authorization, caller);
  }
}
