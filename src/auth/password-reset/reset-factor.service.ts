import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { areElevated } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { Settings } from '../../config/settings.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { AuthenticatorsService } from '../authenticators/authenticators.service.js';
import { InvalidFactorError, SecondFactorMissingError } from '../authenticators/errors.js';
import { type FactorWaiver, FactorWaivers } from '../authenticators/factor-waivers.service.js';
import { type ShownFactor, SecondFactorCheck } from '../authenticators/second-factor-check.service.js';
import { isFirstProof } from '../passwords/first-proof.service.js';
import type { ProvenReset } from './reset-proofs.service.js';

/** What a reset shows beside the code or link. */
export interface ResetFactorTerms extends ShownFactor {
  /** Whether a wait that is over does instead. Default: no; contracts know nothing of it. */
  mayWaive?: boolean | undefined;
}

/** How a reset gets past the second factor: it needs none, it shows one, or its owner has waited for it. */
export type FactorPassage = 'not-needed' | 'shown' | 'waived';

/**
 * The second factor at a reset. Who reads the mailbox of an account that requires one has shown one factor of two; the reset removes none
 * of them, except after a wait that its owner could have stopped.
 */
@Injectable()
export class ResetFactor {
  constructor(
    private readonly factors: SecondFactorCheck,
    private readonly waivers: FactorWaivers,
    private readonly authenticators: AuthenticatorsService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  /**
   * Whether a reset of this account has to show a factor. The first proof of an account removes those that a stranger may have set up in the
   * prover's name.
   */
  isDemanded({ challenge, account }: ProvenReset): boolean {
    return this.factors.isDemandedOf(account) && !isFirstProof(account, 'email', challenge.address);
  }

  /**
   * Whether the owner of this account can wait for a reset without the factor: not where the installation has none of them, not an
   * administrator, and not without an address to which the notices go.
   */
  canWait({ account }: Pick<ProvenReset, 'account'>): boolean {
    const { email, emailVerifiedAt, recoveryEmail, roles } = account;
    const isReached = recoveryEmail !== null || (email !== null && emailVerifiedAt !== null);
    return this.settings.RESET_WITHOUT_FACTOR_HOURS > 0 && isReached && !areElevated(roles);
  }

  /** The wait for a reset without the factor, as long as it stands. */
  async waiverOf({ account }: Pick<ProvenReset, 'account'>): Promise<FactorWaiver | null> {
    // Somebody may have become an administrator since it was asked for.
    return areElevated(account.roles) ? null : this.waivers.find(account.id);
  }

  /**
   * Decides before anything is used up.
   * @throws SecondFactorMissingError; InvalidRequestError when two factors are shown
   */
  async plan(proven: ProvenReset, { mayWaive = false, ...shown }: ResetFactorTerms): Promise<FactorPassage> {
    if (!this.isDemanded(proven)) return 'not-needed';
    if (mayWaive && shown.totp === undefined && shown.recoveryCode === undefined) {
      if ((await this.waiverOf(proven))?.isDue === true) return 'waived';
    }
    this.factors.demandShown(shown);
    return 'shown';
  }

  /**
   * Checks the factor that is shown. A wrong one leaves the code or link good, and counts as a try of the factor.
   * @throws InvalidFactorError, FactorThrottledError
   */
  async pass(passage: FactorPassage, { id }: Account, shown: ShownFactor, caller: Caller): Promise<void> {
    if (passage !== 'shown') return;
    try {
      await this.factors.attempt(id, shown, caller);
    } catch (error) {
      if (error instanceof InvalidFactorError) {
        const details = { reason: error.code };
        await this.audit.record({ action: 'password.reset', outcome: 'failure', subjectId: id, caller, details });
      }
      throw error;
    }
  }

  /**
   * Makes sure that it still holds, in the transaction that confirmed the change, and ends a wait. After one, the factors are gone, and the
   * account does not sign in before it has set up another.
   * @throws SecondFactorMissingError when the account got a factor, or somebody stopped the wait, meanwhile
   */
  async settle(passage: FactorPassage, change: ConfirmedChange<'takeover'>, proven: ProvenReset, caller: Caller): Promise<void> {
    const { account } = change;
    if (passage === 'not-needed') {
      if (this.isDemanded({ ...proven, account })) throw new SecondFactorMissingError();
      return;
    }
    if (passage === 'shown') return;
    if (areElevated(account.roles) || !(await this.waivers.useUp(account.id))) throw new SecondFactorMissingError();
    await this.authenticators.removeAll(change, caller);
    await this.waivers.setRequired(account, true);
  }
}
