import type { AssuranceLevel } from '../../common/access.js';
import type { Assurance } from '../../tokens/access-tokens/assurance.js';
import type { Account } from '../../users/account.js';
import type { PassedFactor } from './factor.js';

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

/** What factors are worth together: two different ones are the second level. */
export function assuranceOf(passed: readonly PassedFactor[]): Assurance {
  const kinds = new Set(passed.map(({ type }) => type));
  const highest = passed.reduce<AssuranceLevel>((level, factor) => (factor.level > level ? factor.level : level), 1);
  const level: AssuranceLevel = kinds.size > 1 && highest < 2 ? 2 : highest;
  const methods = new Set(passed.flatMap((factor) => factor.methods));
  if (level > 1) methods.add('mfa');
  return {
    level,
    methods: [...methods],
    authenticatorIds: passed.flatMap(({ authenticatorId }) => authenticatorId ?? []),
    recovered: kinds.has('recovery_code'),
  };
}
