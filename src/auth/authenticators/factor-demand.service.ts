import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';
import { MethodDisabledError, NoSecondFactorError, SecondFactorDemandedError } from './errors.js';
import { FactorPolicy } from './factor-policy.service.js';

/** Whether an account wants a second factor at every sign-in, beyond what the installation demands. */
@Injectable()
export class FactorDemandService {
  constructor(
    private readonly authenticators: AuthenticatorsRepository,
    private readonly policy: FactorPolicy,
    private readonly notices: OwnerNotices,
    private readonly audit: AuditService,
  ) {}

  /**
   * Sets it, and tells the owner; does nothing if it is so already. Belongs into the transaction in which the gate confirmed the change.
   * @throws NoSecondFactorError when the account has none: it would be locked out; SecondFactorDemandedError when the installation
   *   demands one anyway; MethodDisabledError when the installation has none
   */
  async change({ account, actorId }: ConfirmedChange<'factors'>, isDemanded: boolean, caller: Caller): Promise<void> {
    if (isDemanded) {
      if (!this.policy.offersFactors) throw new MethodDisabledError();
      if (!this.policy.canReachSecondLevel(account)) throw new NoSecondFactorError();
    } else if (this.policy.demandsSecondFactor(account)) throw new SecondFactorDemandedError();
    if ((account.mfaRequiredAt !== null) === isDemanded) return;
    await this.authenticators.demandSecondFactor(account.id, isDemanded);
    const action = isDemanded ? 'second_factor.demanded' : 'second_factor.waived';
    await this.audit.record({ action, outcome: 'success', actorId, subjectId: account.id, caller });
    await this.notices.send(isDemanded ? 'second-factor-demanded' : 'second-factor-waived', account, caller, { undo: null });
  }
}
