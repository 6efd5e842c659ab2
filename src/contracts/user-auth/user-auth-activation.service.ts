import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { MobileActivationService } from '../shared/accounts/mobile-activation.service.js';
import type { Caller } from '../../common/caller.js';
import { AppError, InvalidRequestError } from '../../common/errors.js';
import type { Account } from '../../users/account.js';
import { OpenOperations } from '../shared/open-operations.service.js';
import { CODE_NEEDED } from './user-auth.errors.js';

/** Activation of an account: by anyone, as in the document, or with a code that was texted to its number. */
@Injectable()
export class UserAuthActivation implements OnApplicationBootstrap {
  private readonly logger = new Logger('Contracts');

  constructor(
    private readonly operations: OpenOperations,
    private readonly activation: MobileActivationService,
  ) {}

  /** Says at the start what nobody would find out before the first user is stuck. */
  onApplicationBootstrap(): void {
    if (this.operations.areOpen || this.activation.sendsCodes) return;
    this.logger.warn(
      'The contract user-auth cannot activate anybody, so nobody new can sign in by it: with CONTRACTS_OPEN=false activation takes a code in a text message, and this server sends none. Set SMS_URL, or take user-auth out of CONTRACTS.',
    );
  }

  /** Texts the code to a new account, if activation needs one and it can be sent; the user can also request it later. */
  async begin(account: Account, caller: Caller): Promise<void> {
    if (this.operations.areOpen) return;
    try {
      await this.activation.request(account, caller);
    } catch (error) {
      // The account exists. The next request for a code reports why none arrived.
      if (!(error instanceof AppError)) throw error;
    }
  }

  /**
   * Activates the account with this number. If that needs a code and the request has none, texts a fresh one.
   * @throws UserNotFoundError; InvalidRequestError if a code was texted instead; InvalidChallengeError, ChallengeExpiredError,
   *   MobileUnreachableError, SmsNotConfiguredError, ThrottledError
   */
  async activate(mobile: string, code: string | null | undefined, caller: Caller): Promise<Account> {
    const account = await this.activation.find(mobile, caller);
    if (this.operations.areOpen) return this.activation.activateUnproven(account.id, caller);
    // Forms send an empty field if the user typed nothing.
    if (code != null && code !== '') return this.activation.activate(account, code, caller);
    await this.activation.request(account, caller);
    throw InvalidRequestError.field('code', 'code.missing', CODE_NEEDED);
  }
}
