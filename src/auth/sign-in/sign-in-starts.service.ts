import { Injectable } from '@nestjs/common';
import type { AssuranceLevel } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { newId } from '../../common/ids.js';
import { ForbiddenError, InvalidRequestError, UnauthenticatedError } from '../../common/errors.js';
import { CORE_CLIENT_ID, type Principal } from '../../common/principal.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { DevicesService } from '../devices/devices.service.js';
import { UnfinishedError } from './errors.js';
import type { PassedFactor, SignInPurpose } from '../factors/factor.js';
import { FactorsProofService } from './factors-proof.service.js';
import { PasswordProofService } from './password-proof.service.js';
import type { Proof } from './proof.js';
import type { SessionMode } from '../../tokens/sessions/session-mode.js';
import { type SignInOutcome, SignInOutcomes } from './sign-in-outcomes.service.js';
import { type SignedIn, SignInService } from './sign-in.service.js';
import { CLIENT, type Owner } from './sign-in-step.js';
import { SignInSteps } from './sign-in-steps.service.js';
import { type NewSignIn, SIGN_IN_SECONDS, SignInsRepository } from './sign-ins.repository.js';

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

/** Beginning a sign-in. Before the first factor, nothing depends on who has an account. */
@Injectable()
export class SignInStarts {
  constructor(
    private readonly signIns: SignInsRepository,
    private readonly steps: SignInSteps,
    private readonly outcomes: SignInOutcomes,
    private readonly passwords: PasswordProofService,
    private readonly proofs: FactorsProofService,
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
      return this.open({ mode, identifier: identifier ?? null, requiredAal, returnTo, deviceId }, null, caller);
    }
    if (identifier === undefined)
      throw InvalidRequestError.field('identifier', 'required', 'Send the identifier that the password is for.');
    return this.continueFrom(await this.passwords.prove(identifier, password, caller), start, caller);
  }

  /**
   * Begins a sign-in in which a first factor has passed already, such as the link of a mail.
   * @throws BadCredentialsError when the account is gone; as `SignInService.complete` when it may not sign in
   */
  async beginPassed(
    factor: PassedFactor,
    start: Pick<SignInStart, 'mode' | 'returnTo' | 'deviceToken'>,
    caller: Caller,
  ): Promise<SignInOutcome> {
    const { userId } = factor;
    const { owner } = await this.steps.reachOf(userId);
    const { epoch = owner.sessionEpoch, ...shown } = factor;
    const proof = this.proofs.prove({ purpose: 'sign_in', passed: [shown], earlierMethods: null, userId, epoch }, owner);
    return this.continueFrom(proof, start, caller);
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
    const { owner, reachable } = await this.steps.reachOf(userId);
    const epoch = owner.sessionEpoch;
    const level = reachable > requiredAal ? reachable : requiredAal;
    return this.open({ purpose: 'step_up', mode, returnTo, userId, sessionId, epoch, requiredAal: level }, owner, caller);
  }

  /** Goes on from a first factor that was right: to the session if it is enough, else to the next step. */
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
    const owner = { account: proof.account, sessionEpoch: epoch };
    return this.open({ mode, identifier, returnTo, userId, epoch, requiredAal, passed: [...passed], newPassword, deviceId }, owner, caller);
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

  private async open(
    signIn: Pick<NewSignIn, 'mode'> & Partial<NewSignIn>,
    owner: Owner | null,
    { ip, userAgent }: Caller,
  ): Promise<SignInOutcome> {
    const { row, secret } = await this.signIns.insert({ ...EMPTY, ip, userAgent, ...signIn });
    return { ...(await this.outcomes.of(this.steps.standingOf(row, owner))), secret };
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

/** Nothing is stored of it. */
function completeAtOnce(mode: SessionMode, required: AssuranceLevel, session: SignedIn): SignInOutcome {
  const expiresAt = new Date(Date.now() + SIGN_IN_SECONDS * 1_000);
  return { id: newId(), purpose: 'sign_in', mode, status: 'complete', factors: [], required, expiresAt, session };
}
