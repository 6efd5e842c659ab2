import type { Account } from '../../users/account.js';

/** How somebody showed who they are. */
export type ProofMethod = 'password';

/** Authenticator assurance: 1 for one factor, 2 for two of them, 3 for two of which one is bound to a device. */
export type AssuranceLevel = 1 | 2 | 3;

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
    readonly method: ProofMethod,
    readonly level: AssuranceLevel,
  ) {}

  get userId(): string {
    return this.account.id;
  }

  static of({ account, sessionEpoch }: { account: Account; sessionEpoch: number }, method: ProofMethod, level: AssuranceLevel): Proof {
    return new Proof(account, sessionEpoch, method, level);
  }
}
