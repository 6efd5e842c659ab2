import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { InvalidFactorError, MethodDisabledError } from '../authenticators/errors.js';
import { BadCredentialsError } from '../passwords/errors.js';
import { ProofsOfWork } from '../proof-of-work/proofs-of-work.service.js';
import { SignInNotFoundError, SignInStateError } from './errors.js';
import {
  type AskedChallenge,
  type Factor,
  type FactorAnswer,
  type FactorChallenge,
  type PassedFactor,
  SHOWN,
  type SignInState,
} from '../factors/factor.js';
import { FactorRegistry } from '../factors/factor-registry.service.js';
import { type SignInOutcome, SignInOutcomes } from './sign-in-outcomes.service.js';
import { SignInPassword } from './sign-in-password.service.js';
import { type UnderWay, expired } from './sign-in-step.js';
import { SignInSteps } from './sign-in-steps.service.js';
import { SignInsRepository } from './sign-ins.repository.js';

/**
 * Signing in step by step. No session and no token exists before every required factor has passed. Before the first one, nothing depends on
 * who has an account.
 */
@Injectable()
export class SignIns {
  constructor(
    private readonly signIns: SignInsRepository,
    private readonly steps: SignInSteps,
    private readonly outcomes: SignInOutcomes,
    private readonly factors: FactorRegistry,
    private readonly newPassword: SignInPassword,
    private readonly throttle: ThrottleService,
    private readonly proofs: ProofsOfWork,
  ) {}

  /**
   * How a sign-in stands. One whose last factor passed at a provider is completed by this: the holder of its secret gets the session, once.
   * @throws SignInNotFoundError, SignInExpiredError; as `attempt` when it is completed
   */
  async read(id: string, secret: string | undefined, caller: Caller): Promise<SignInOutcome> {
    const under = await this.resume(id, secret);
    const { row, credentials, status } = under;
    const isPending = status === 'complete' && row.completedAt === null && credentials !== null;
    return this.outcomes.of(isPending ? await this.steps.goOn(row, row, credentials, caller) : under);
  }

  /**
   * Asks a factor's question.
   * @throws SignInNotFoundError, SignInExpiredError; SignInStateError when the sign-in does not wait for such a factor; MethodDisabledError,
   *   ThrottledError; ProofRequiredError, InvalidProofError; InvalidRequestError
   */
  async challenge(id: string, secret: string | undefined, asked: AskedChallenge, caller: Caller): Promise<FactorChallenge> {
    const under = await this.resume(id, secret);
    const factor = this.factors.find(asked.type);
    if (factor?.challenge === undefined) throw new MethodDisabledError();
    if (!isAwaited(factor, under)) throw new SignInStateError();
    await this.throttle.takeFrom('sign-in-start', caller);
    const state = this.steps.stateOf(under.row);
    const { identifier, userId } = state;
    const subject = identifier ?? (userId === null ? null : `account ${userId}`);
    await this.proofs.demand(factor.sends ?? null, [subject], caller);
    return factor.challenge(state, caller, asked);
  }

  /**
   * Answers with one factor, or a new password. A wrong answer counts: after ten the sign-in is over.
   * @throws InvalidFactorError, BadCredentialsError for a wrong one; FactorThrottledError, ThrottledError, BusyError; SignInNotFoundError,
   *   SignInExpiredError; SignInStateError when the sign-in waits for something else; InvalidRequestError
   */
  async attempt(
    id: string,
    secret: string | undefined,
    { newPassword, trustDevice = false, ...answer }: FactorAnswer & { newPassword?: string | undefined; trustDevice?: boolean | undefined },
    caller: Caller,
  ): Promise<SignInOutcome> {
    const factors = this.factorsOf(answer, newPassword);
    const row = await this.signIns.beginTry(id, secret);
    if (row === null) {
      await this.resume(id, secret);
      throw new SignInStateError();
    }
    const under = await this.steps.standing(row);
    if (newPassword !== undefined) {
      if (under.status !== 'needs_new_password') return this.refuseStep(id);
      return this.outcomes.of(await this.newPassword.replace(under, newPassword, caller));
    }
    const state = this.steps.stateOf(row);
    const awaited = factors.filter((factor) => isAwaited(factor, under));
    const factor = await meant(awaited, state, answer);
    if (factor === undefined) return this.refuseStep(id);
    if (under.status === 'needs_link' && answer.identifier !== undefined) {
      await this.signIns.takeBackTry(id);
      throw InvalidRequestError.field('identifier', 'attempt.account_known', 'The sign-in knows whose account it waits for.');
    }
    const passed = await this.tried(id, () => factor.attempt(state, answer, caller));
    return this.outcomes.of(await this.steps.advance(under, passed, trustDevice, caller));
  }

  /**
   * The account that may set up its first factor in a sign-in.
   * @throws SignInNotFoundError, SignInExpiredError; SignInStateError unless the sign-in demands that
   */
  async enrolling(id: string, secret: string | undefined): Promise<{ userId: string; sessionEpoch: number }> {
    const { row, status } = await this.resume(id, secret);
    if (status !== 'needs_enrollment' || row.userId === null || row.epoch === null) throw new SignInStateError();
    return { userId: row.userId, sessionEpoch: row.epoch };
  }

  /** Goes on after a factor was set up in the sign-in and shown to work. @throws as `attempt` */
  async enrolled(id: string, secret: string | undefined, passed: PassedFactor, caller: Caller): Promise<SignInOutcome> {
    return this.outcomes.of(await this.steps.advance(await this.resume(id, secret), passed, false, caller));
  }

  private async resume(id: string, secret: string | undefined): Promise<UnderWay> {
    const found = await this.signIns.find(id, secret);
    if (found === null) throw new SignInNotFoundError();
    const { row, isOver } = found;
    if (row.completedAt !== null) return { row, credentials: null, status: 'complete', required: row.requiredAal };
    if (isOver) throw expired(row);
    return this.steps.standing(row);
  }

  /** What was not looked at is no try. */
  private async tried(id: string, attempt: () => Promise<PassedFactor>): Promise<PassedFactor> {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof InvalidFactorError) && !(error instanceof BadCredentialsError)) await this.signIns.takeBackTry(id);
      throw error;
    }
  }

  private async refuseStep(id: string): Promise<never> {
    await this.signIns.takeBackTry(id);
    throw new SignInStateError();
  }

  /** The factors that an answer can be meant for; none for a new password. @throws InvalidRequestError unless it is one thing */
  private factorsOf(answer: FactorAnswer, newPassword: string | undefined): Factor[] {
    const shown = [...SHOWN.map((field) => answer[field]), newPassword].filter((each) => each !== undefined);
    const factors = this.factors.answeredBy(answer);
    if (shown.length !== 1 || (factors.length === 0 && newPassword === undefined)) {
      throw new InvalidRequestError([
        {
          pointer: '',
          rule: 'attempt.ambiguous',
          detail: `Send exactly one of ${SHOWN.join(', ')} and newPassword.`,
        },
      ]);
    }
    return factors;
  }
}

/** Of several factors that take the answer the one that it is meant for; where none says so, the first, which refuses it. */
async function meant(factors: readonly Factor[], signIn: SignInState, answer: FactorAnswer): Promise<Factor | undefined> {
  if (factors.length > 1) for (const factor of factors) if ((await factor.recognizes?.(signIn, answer)) === true) return factor;
  return factors[0];
}

/** A second factor has to be another one than those that passed. */
function isAwaited({ type, roles }: Factor, { row, status }: UnderWay): boolean {
  if (status === 'needs_first_factor') return roles.includes('first');
  // An identity is linked to an account that was proven here.
  if (status === 'needs_link') return roles.includes('first') && type !== 'provider';
  return status === 'needs_second_factor' && roles.includes('second') && row.passed.every((factor) => factor.type !== type);
}
