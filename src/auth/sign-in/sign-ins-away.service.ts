import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { SignInNotFoundError, SignInStateError } from './errors.js';
import type { PassedFactor, SignInState } from '../factors/factor.js';
import type { PendingLink } from '../identities/pending-link.js';
import type { Owner, UnderWay } from './sign-in-step.js';
import { SignInSteps } from './sign-in-steps.service.js';
import { SignInsRepository } from './sign-ins.repository.js';

/** A sign-in whose first factor is shown elsewhere. */
export interface SignInAway extends SignInState {
  readonly under: UnderWay;
}

/**
 * Sign-ins that go on while the holder of their secret is away, at an identity provider. Whoever calls this knows the sign-in by something
 * else that is bound to it. No session opens here: the holder gets it when they read the sign-in.
 */
@Injectable()
export class SignInsAway {
  constructor(
    private readonly signIns: SignInsRepository,
    private readonly steps: SignInSteps,
  ) {}

  /**
   * A sign-in that waits for its first factor.
   * @throws SignInNotFoundError when it is over; SignInExpiredError; SignInStateError when it waits for something else
   */
  async resume(id: string): Promise<SignInAway> {
    const row = await this.signIns.findOpen(id);
    if (row === null) throw new SignInNotFoundError();
    const under = await this.steps.standing(row);
    if (under.status !== 'needs_first_factor') throw new SignInStateError();
    return { ...this.steps.stateOf(row), under };
  }

  /**
   * Notes the factor that has passed.
   * @param link the identity that is linked when the sign-in is complete
   * @throws InvalidFactorError when it is another account's; SignInStateError when another request was faster; as `SignInService.complete`
   *   when the account may not sign in
   */
  async pass({ under }: SignInAway, factor: PassedFactor, link: PendingLink | null, caller: Caller): Promise<void> {
    await this.steps.advanceAway(under, factor, link, caller);
  }

  /** Waits for a proof of the account with the address of an identity. @throws SignInStateError when another request was faster */
  async awaitLink({ under }: SignInAway, owner: Owner, link: PendingLink): Promise<void> {
    await this.steps.awaitLink(under, owner, link);
  }
}
