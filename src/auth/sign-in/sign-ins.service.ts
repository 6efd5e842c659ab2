import { Injectable } from '@nestjs/common';
import type { AssuranceLevel } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { newId } from '../../common/ids.js';
import { ForbiddenError, InvalidRequestError, UnauthenticatedError } from '../../common/errors.js';
import { CORE_CLIENT_ID, type Principal } from '../../common/principal.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { DevicesService } from '../devices/devices.service.js';
import { SignInNotFoundError, SignInStateError, UnfinishedError } from './errors.js';
import type { Factor, FactorAnswer, FactorChallenge, FactorOffer, FactorType, PassedFactor, SignInPurpose } from './factor.js';
import { FactorRegistry } from './factor-registry.service.js';
import type { SessionMode } from './session-mode.js';
import type { OpenSignIn } from './open-sign-in.entity.js';
import { PasswordProofService } from './password-proof.service.js';
import type { Proof } from './proof.js';
import { SignInPassword } from './sign-in-password.service.js';
import { type SignedIn, SignInService } from './sign-in.service.js';
import { CLIENT, type Step, SignInSteps, type UnderWay, expired } from './sign-in-steps.service.js';
import { type NewSignIn, SIGN_IN_SECONDS, SignInsRepository } from './sign-ins.repository.js';
import type { SignInStatus } from './sign-in-status.js';

/** What a sign-in begins with. */
export interface SignInStart {
  identifier?: string | undefined;
  password?: string | undefined;
  purpose?: SignInPurpose | undefined;
  mode: SessionMode;
  requiredAal?: AssuranceLevel | undefined;
  returnTo?: string | null;
  /** The token of a remembered device. */
  deviceToken?: string | undefined;
}

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
}

/**
 * Signing in step by step. No session and no token exists before every required factor has passed. Before the first one, nothing depends on
 * who has an account.
 */
@Injectable()
export class SignIns {
  constructor(
    private readonly signIns: SignInsRepository,
    private readonly steps: SignInSteps,
    private readonly factors: FactorRegistry,
    private readonly passwords: PasswordProofService,
    private readonly newPassword: SignInPassword,
    private readonly door: SignInService,
    private readonly devices: DevicesService,
    private readonly throttle: ThrottleService,
  ) {}

  /**
   * Begins a sign-in. With a password that is enough for the account it is complete at once, and nothing is stored.
   * @throws BadCredentialsError for a wrong password; no sign-in is made then. As `SignInService.complete` when the account may not sign
   *   in; ThrottledError, BusyError; InvalidRequestError
   */
  async begin(start: SignInStart, user: Principal | undefined, caller: Caller): Promise<SignInOutcome> {
    const { identifier, password, purpose = 'sign_in' } = start;
    if (purpose === 'step_up') return this.beginStepUp(start, user, caller);
    if (password === undefined) {
      await this.throttle.takeFrom('sign-in-start', caller);
      const { mode, requiredAal = 1, returnTo = null } = start;
      const deviceId = await this.devices.find(start.deviceToken);
      return this.open({ mode, identifier: identifier ?? null, requiredAal, returnTo, deviceId }, caller);
    }
    if (identifier === undefined)
      throw InvalidRequestError.field('identifier', 'required', 'Send the identifier that the password is for.');
    return this.continueFrom(await this.passwords.prove(identifier, password, caller), start, caller);
  }

  /** @throws SignInNotFoundError, SignInExpiredError */
  async read(id: string, secret: string | undefined): Promise<SignInOutcome> {
    return this.outcomeOf(await this.resume(id, secret));
  }

  /**
   * Asks a factor's question.
   * @throws SignInNotFoundError, SignInExpiredError; SignInStateError when the sign-in does not wait for such a factor; ThrottledError
   */
  async challenge(id: string, secret: string | undefined, type: FactorType, caller: Caller): Promise<FactorChallenge> {
    const under = await this.resume(id, secret);
    const factor = this.factors.find(type);
    if (factor?.challenge === undefined || !isAwaited(factor, under)) throw new SignInStateError();
    await this.throttle.takeFrom('sign-in-start', caller);
    return factor.challenge(this.steps.stateOf(under.row), caller);
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
    const factor = this.factorOf(answer, newPassword);
    const row = await this.signIns.beginTry(id, secret);
    if (row === null) {
      await this.resume(id, secret);
      throw new SignInStateError();
    }
    const under = await this.steps.standing(row);
    if (factor === null) {
      if (under.status !== 'needs_new_password') return this.refuseStep(id);
      return this.outcomeOf(await this.newPassword.replace(under, String(newPassword), caller));
    }
    if (!isAwaited(factor, under)) return this.refuseStep(id);
    const passed = await factor.attempt(this.steps.stateOf(row), answer, caller);
    return this.outcomeOf(await this.steps.advance(under, passed, trustDevice, caller));
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
    return this.outcomeOf(await this.steps.advance(await this.resume(id, secret), passed, false, caller));
  }

  private async beginStepUp(
    { mode, requiredAal = 1, returnTo = null }: SignInStart,
    user: Principal | undefined,
    caller: Caller,
  ): Promise<SignInOutcome> {
    if (user === undefined) throw new UnauthenticatedError();
    if (user.clientId !== CORE_CLIENT_ID) throw new ForbiddenError();
    await this.throttle.takeFrom('sign-in-start', caller);
    const { userId, sessionId } = user;
    const { epoch, reachable } = await this.steps.reachOf(userId);
    const level = reachable > requiredAal ? reachable : requiredAal;
    return this.open({ purpose: 'step_up', mode, returnTo, userId, sessionId, epoch, requiredAal: level }, caller);
  }

  /** Goes on from a right password: to the session if it is enough, else to the next step. */
  private async continueFrom(proof: Proof, start: SignInStart, caller: Caller): Promise<SignInOutcome> {
    const { identifier = null, mode, requiredAal = 1, returnTo = null } = start;
    const { userId, epoch, passed, assurance } = proof;
    let deviceId: string | null = null;
    if (requiredAal <= assurance.level) {
      const session = await this.completed(proof, null, caller);
      if (session !== null) return completeAtOnce(mode, requiredAal, session);
      deviceId = await this.devices.find(start.deviceToken);
      if (deviceId !== null && !(await this.devices.skipsSecondFactor(deviceId, userId))) deviceId = null;
      const onDevice = deviceId === null ? null : await this.completed(proof, deviceId, caller);
      if (onDevice !== null) return completeAtOnce(mode, requiredAal, onDevice);
    } else await this.steps.demandStanding(proof, deviceId, caller);
    const newPassword = passed.some(({ isWeak }) => isWeak);
    return this.open({ mode, identifier, returnTo, userId, epoch, requiredAal, passed: [...passed], newPassword, deviceId }, caller);
  }

  /** The session, if the proof is enough; null if more has to be shown. */
  private async completed(proof: Proof, deviceId: string | null, caller: Caller): Promise<SignedIn | null> {
    try {
      return await this.door.complete(proof, CLIENT, caller, { deviceId });
    } catch (error) {
      if (error instanceof UnfinishedError) return null;
      throw error;
    }
  }

  private async open(signIn: Pick<NewSignIn, 'mode'> & Partial<NewSignIn>, { ip, userAgent }: Caller): Promise<SignInOutcome> {
    const { row, secret } = await this.signIns.insert({ ...EMPTY, ip, userAgent, ...signIn });
    return { ...(await this.outcomeOf(await this.steps.standing(row))), secret };
  }

  private async resume(id: string, secret: string | undefined): Promise<UnderWay> {
    const found = await this.signIns.find(id, secret);
    if (found === null) throw new SignInNotFoundError();
    const { row, isOver } = found;
    if (row.completedAt !== null) return { row, credentials: null, status: 'complete', required: row.requiredAal };
    if (isOver) throw expired(row);
    return this.steps.standing(row);
  }

  private async refuseStep(id: string): Promise<never> {
    await this.signIns.takeBackTry(id);
    throw new SignInStateError();
  }

  /** The factor that an answer is meant for; null for a new password. @throws InvalidRequestError unless it is one thing */
  private factorOf(answer: FactorAnswer, newPassword: string | undefined): Factor | null {
    const [factor, ...more] = this.factors.answeredBy(answer);
    if ((factor === undefined) === (newPassword === undefined) || more.length > 0) {
      throw new InvalidRequestError([
        { pointer: '', rule: 'attempt.ambiguous', detail: 'Send exactly one of password, totp, recoveryCode, credential and newPassword.' },
      ]);
    }
    return factor ?? null;
  }

  private async outcomeOf({ row, status, required, session, raised, device }: Step): Promise<SignInOutcome> {
    const { id, purpose, mode, expiresAt } = row;
    return {
      id,
      purpose,
      mode,
      status,
      factors: await this.offers(row, status),
      required,
      expiresAt,
      ...(session && { session }),
      ...(raised && { raised }),
      ...(device && { device }),
    };
  }

  /** What the sign-in waits for. Before the first factor that is what the server offers, never what the account has. */
  private async offers({ userId, passed }: OpenSignIn, status: SignInStatus): Promise<FactorOffer[]> {
    switch (status) {
      case 'needs_first_factor':
        return this.factors.firstOffers();
      case 'needs_enrollment':
        return this.factors.enrollableOffers();
      case 'needs_second_factor': {
        const offers = await this.factors.secondOffersOf(String(userId));
        return offers.filter(({ type }) => passed.every((factor) => factor.type !== type));
      }
      case 'needs_new_password':
      case 'complete':
      case 'expired':
        return [];
    }
  }
}

const EMPTY: Omit<NewSignIn, 'mode' | 'ip' | 'userAgent'> = {
  purpose: 'sign_in',
  identifier: null,
  userId: null,
  sessionId: null,
  epoch: null,
  requiredAal: 1,
  passed: [],
  newPassword: false,
  deviceId: null,
  returnTo: null,
};

/** A second factor has to be another one than those that passed. */
function isAwaited({ type, roles }: Factor, { row, status }: UnderWay): boolean {
  if (status === 'needs_first_factor') return roles.includes('first');
  return status === 'needs_second_factor' && roles.includes('second') && row.passed.every((factor) => factor.type !== type);
}

/** Nothing is stored of it. */
function completeAtOnce(mode: SessionMode, required: AssuranceLevel, session: SignedIn): SignInOutcome {
  const expiresAt = new Date(Date.now() + SIGN_IN_SECONDS * 1_000);
  return { id: newId(), purpose: 'sign_in', mode, status: 'complete', factors: [], required, expiresAt, session };
}
