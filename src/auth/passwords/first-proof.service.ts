import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ChallengeClosing } from '../../tokens/challenges/challenge-closing.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { AuthenticatorsService } from '../authenticators/authenticators.service.js';
import { FactorWaivers } from '../authenticators/factor-waivers.service.js';
import { SecondFactorCheck } from '../authenticators/second-factor-check.service.js';
import { IdentitiesService } from '../identities/identities.service.js';
import { ProofRequiredError } from './errors.js';

/** What a takeover is proven by: that somebody reads the mail to an address, or the text messages to a number. */
export type ProvenBy = 'email' | 'mobile';

/**
 * Whether a proof is the first one of an account: no address of it was proven before, and by a number, no number either. A stranger may
 * have made such an account in the prover's name.
 */
export function isFirstProof(account: Account, by: ProvenBy, address: string): boolean {
  const { email, emailVerifiedAt, recoveryEmail, mobileVerifiedAt, recoveryMobile } = account;
  if (emailVerifiedAt !== null || recoveryEmail !== null) return false;
  return by === 'email' ? email === address : mobileVerifiedAt === null && recoveryMobile === null;
}

/** What ends with the first proof of an account beside password and sessions: every other way by which a stranger could come back. */
@Injectable()
export class FirstProof {
  constructor(
    private readonly contacts: ContactsService,
    private readonly closing: ChallengeClosing,
    private readonly authenticators: AuthenticatorsService,
    private readonly identities: IdentitiesService,
    private readonly waivers: FactorWaivers,
    private readonly factors: SecondFactorCheck,
    private readonly audit: AuditService,
  ) {}

  /** @throws ProofRequiredError for an account that requires a second factor: a mailbox or a number alone is one factor */
  demandNoFactor(account: Account): void {
    if (this.factors.isDemandedOf(account)) throw new ProofRequiredError();
  }

  /**
   * Takes away the contact that was not proven now (a number even if it was proven before), all ways back to former addresses, every
   * authenticator, recovery code and identity, and every open code and link. A capability that adds ways in ends them here. Belongs into the transaction that confirmed the change.
   */
  async empty(change: ConfirmedChange<'takeover'>, by: ProvenBy, caller: Caller): Promise<void> {
    const { id } = change.account;
    const removed = by === 'email' ? await this.contacts.removeMobile(change) : await this.contacts.removeEmail(change);
    if (removed) {
      const action = by === 'email' ? 'mobile.removed' : 'email.removed';
      await this.audit.record({ action, outcome: 'success', actorId: id, subjectId: id, caller });
    }
    await this.contacts.releaseHolds(change);
    await this.authenticators.removeAll(change, caller);
    await this.identities.unlinkAll(change, caller);
    await this.waivers.stop(id);
    await this.waivers.setRequired(change.account, false);
    await this.closing.closeEvery(id);
  }
}
