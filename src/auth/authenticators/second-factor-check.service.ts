import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import type { Account } from '../../users/account.js';
import { InvalidFactorError, SecondFactorMissingError } from './errors.js';
import { FactorPolicy } from './factor-policy.service.js';

/** What somebody shows as a second factor beside a mailed code or link. */
export interface ShownFactor {
  totp?: string | undefined;
  recoveryCode?: string | undefined;
}

/** Checks what is shown for an account, and uses it up. @throws InvalidFactorError, FactorThrottledError */
export type CheckFactor = (userId: string, shown: ShownFactor, caller: Caller) => Promise<void>;

/**
 * Asks for second factors outside of a sign-in: a mailed code or link alone does less for an account that requires one. The factors stand
 * above the rooms that ask; the room of the sign-in, which knows them, registers how they are checked.
 */
@Injectable()
export class SecondFactorCheck {
  private check: CheckFactor | undefined;

  constructor(private readonly policy: FactorPolicy) {}

  /** Call it in `onModuleInit`. */
  checkWith(check: CheckFactor): void {
    this.check = check;
  }

  /**
   * Whether the account has to show a factor. One that requires a factor and has none yet has nothing to show: its next sign-in demands that
   * it sets one up.
   */
  isDemandedOf(account: Pick<Account, 'factors' | 'mfaRequiredAt' | 'roles'>): boolean {
    return account.factors.length > 0 && this.policy.requiresSecondFactor(account);
  }

  /**
   * Whether something is shown, for an account that has to.
   * @throws SecondFactorMissingError; InvalidRequestError when two things are shown
   */
  demandShown({ totp, recoveryCode }: ShownFactor): void {
    if (totp !== undefined && recoveryCode !== undefined)
      throw InvalidRequestError.field('recoveryCode', 'proof.ambiguous', 'Send either totp or recoveryCode.');
    if (totp === undefined && recoveryCode === undefined) throw new SecondFactorMissingError();
  }

  /**
   * Checks what is shown, and uses it up. A wrong one counts as a try.
   * @throws InvalidFactorError, FactorThrottledError
   */
  async attempt(userId: string, shown: ShownFactor, caller: Caller): Promise<void> {
    if (this.check === undefined) throw new InvalidFactorError();
    await this.check(userId, shown, caller);
  }
}
