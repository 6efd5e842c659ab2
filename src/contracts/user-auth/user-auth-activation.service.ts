import { Injectable } from '@nestjs/common';
import { MobileActivationService } from '../shared/mobile-activation.service.js';
import type { Caller } from '../../common/caller.js';
import { AppError, InvalidRequestError } from '../../common/errors.js';
import type { Account } from '../../users/account.js';
import { OpenOperations } from '../shared/open-operations.service.js';
import { CODE_NEEDED } from './user-auth.errors.js';

/** Activating an account: open to anyone, as the document has it, or by a code that was texted to its number. */
@Injectable()
export class UserAuthActivation {
  constructor(
    private readonly operations: OpenOperations,
    private readonly activation: MobileActivationService,
  ) {}

  /** Texts the code to an account that was just made, where one will be asked for and can be sent; it can be asked for later, too. */
  async begin(account: Account, caller: Caller): Promise<void> {
    if (this.operations.areOpen) return;
    try {
      await this.activation.request(account, caller);
    } catch (error) {
      // The account is made. Whoever asks for the code next is told why none came.
      if (!(error instanceof AppError)) throw error;
    }
  }

  /**
   * Activates the account with this number. Where that needs a code and none is sent along, a fresh one is texted.
   * @throws UserNotFoundError; InvalidRequestError when a code was texted instead; InvalidChallengeError, ChallengeExpiredError,
   *   MobileUnreachableError, SmsNotConfiguredError, ThrottledError
   */
  async activate(mobile: string, code: string | null | undefined, caller: Caller): Promise<Account> {
    const account = await this.activation.find(mobile, caller);
    if (this.operations.areOpen) return this.activation.activateUnproven(account.id, caller);
    // Forms send an empty field where nothing was typed.
    if (code != null && code !== '') return this.activation.activate(account, code, caller);
    await this.activation.request(account, caller);
    throw InvalidRequestError.field('code', 'code.missing', CODE_NEEDED);
  }
}
