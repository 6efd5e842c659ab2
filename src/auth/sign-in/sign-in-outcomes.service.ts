import { Injectable } from '@nestjs/common';
import type { AssuranceLevel } from '../../common/access.js';
import type { Account } from '../../users/account.js';
import type { FactorOffer, SignInPurpose } from '../factors/factor.js';
import { FactorRegistry } from '../factors/factor-registry.service.js';
import type { OpenSignIn } from './open-sign-in.entity.js';
import type { SessionMode } from '../../tokens/sessions/session-mode.js';
import type { Step } from './sign-in-step.js';
import type { SignInStatus } from './sign-in-status.js';

/** A sign-in as its client may see it. */
export interface SignInOutcome extends Pick<Step, 'session' | 'raised' | 'device'> {
  id: string;
  purpose: SignInPurpose;
  mode: SessionMode;
  /** Only in the first answer. */
  secret?: string;
  status: SignInStatus;
  factors: FactorOffer[];
  required: AssuranceLevel;
  expiresAt: Date;
  /** The identity that is linked when the sign-in is complete. */
  link?: { provider: string; email: string | null };
}

/** What clients are told of sign-ins. */
@Injectable()
export class SignInOutcomes {
  constructor(private readonly factors: FactorRegistry) {}

  async of({ row, credentials, status, required, session, raised, device }: Step): Promise<SignInOutcome> {
    const { id, purpose, mode, expiresAt, link } = row;
    return {
      id,
      purpose,
      mode,
      status,
      factors: await this.offers(row, credentials?.account ?? null, status),
      required,
      expiresAt,
      ...(link && status !== 'complete' && { link: { provider: link.provider, email: link.email } }),
      ...(session && { session }),
      ...(raised && { raised }),
      ...(device && { device }),
    };
  }

  /** What the sign-in waits for. Before the first factor that is what the server offers, never what the account
   * has, but for a session that steps up. */
  private async offers({ purpose, passed }: OpenSignIn, account: Account | null, status: SignInStatus): Promise<FactorOffer[]> {
    switch (status) {
      case 'needs_first_factor':
        return this.factors.firstOffers(purpose === 'step_up' ? account : null);
      case 'needs_link':
        return (await this.factors.firstOffers(null)).filter(({ type }) => type !== 'provider');
      case 'needs_enrollment':
        return this.factors.enrollableOffers();
      case 'needs_second_factor': {
        const offers = account === null ? [] : await this.factors.secondOffersOf(account);
        return offers.filter(({ type }) => passed.every((factor) => factor.type !== type));
      }
      case 'needs_new_password':
      case 'complete':
      case 'expired':
        return [];
    }
  }
}
