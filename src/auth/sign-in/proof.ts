import type { Assurance } from '../../tokens/access-tokens/assurance.js';
import type { Account } from '../../users/account.js';
import { type PassedFactor, assuranceOf } from '../factors/factor.js';

/**
 * That somebody showed to be the owner of an account, for `SignInService.complete`. Only provers make one (`*-proof.service.ts`, by
 * `Proof.of`; an import rule keeps others from it): an object of the same form is none.
 */
export class Proof {
  /** Unlike public fields, it is of this class alone. */
  declare protected readonly proven: true;

  private constructor(
    /** As it was when the proof was made: reading it again would cost every sign-in a statement. */
    readonly account: Account,
    /** `Credentials.sessionEpoch` of that moment: what ended all sessions since then also ended the proof. */
    readonly epoch: number,
    readonly passed: readonly PassedFactor[],
    readonly assurance: Assurance,
  ) {}

  get userId(): string {
    return this.account.id;
  }

  /** Of the factors that were shown, in that order. */
  static of({ account, sessionEpoch }: { account: Account; sessionEpoch: number }, passed: readonly PassedFactor[]): Proof {
    return new Proof(account, sessionEpoch, passed, assuranceOf(passed));
  }
}
