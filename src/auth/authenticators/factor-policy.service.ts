import { Injectable } from '@nestjs/common';
import { areElevated } from '../../common/access.js';
import { Settings } from '../../config/settings.js';
import type { Account } from '../../users/account.js';

/** Who needs a second factor. */
@Injectable()
export class FactorPolicy {
  constructor(private readonly settings: Settings) {}

  /** Whether the installation offers authenticators to all. */
  get offersFactors(): boolean {
    return this.settings.MFA !== 'off';
  }

  /**
   * Whether this account can add one. One that needs a second factor always can, whatever the installation offers: it may have been imported
   * with that need, or have lost its only one, and would get in no other way than by doing without.
   */
  offersFactorsTo(account: Pick<Account, 'factors' | 'mfaRequiredAt' | 'roles'>): boolean {
    return this.offersFactors || this.requiresSecondFactor(account);
  }

  /**
   * Whether a sign-in to this account needs a second factor. A passkey alone does not: its owner may have it on one device only, and signs
   * in by the password on the others.
   */
  requiresSecondFactor(account: Pick<Account, 'factors' | 'mfaRequiredAt' | 'roles'>): boolean {
    return account.factors.includes('totp') || account.mfaRequiredAt !== null || this.demandsSecondFactor(account);
  }

  /** Whether the installation demands it, so that the owner cannot go back. */
  demandsSecondFactor({ roles }: Pick<Account, 'roles'>): boolean {
    const { MFA } = this.settings;
    return MFA === 'required' || (MFA === 'required-for-admins' && areElevated(roles));
  }

  /** Whether the account has what a second factor takes. */
  canReachSecondLevel({ factors }: Pick<Account, 'factors'>): boolean {
    return factors.length > 0;
  }
}
