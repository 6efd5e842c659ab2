import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import type { SessionMode } from '../../../tokens/sessions/session-mode.js';
import type { SignInOutcome } from '../../sign-in/sign-in-outcomes.service.js';
import { SignInStarts } from '../../sign-in/sign-in-starts.service.js';
import { SignIns } from '../../sign-in/sign-ins.service.js';
import { type PasskeyChallenge, PasskeyFactor } from './passkey-factor.service.js';
import type { CreationOptions } from './passkey-options.js';
import { type NewCredential, PasskeyRegistration } from './passkey-registration.service.js';
import type { AddedPasskey } from './passkeys.service.js';
import { RelyingParty } from '../../webauthn/relying-party.service.js';
import { MethodDisabledError } from '../../authenticators/errors.js';

/** Sign-ins that begin with a passkey, or in which one is set up. */
@Injectable()
export class PasskeySignIns {
  constructor(
    private readonly starts: SignInStarts,
    private readonly signIns: SignIns,
    private readonly factor: PasskeyFactor,
    private readonly registration: PasskeyRegistration,
    private readonly relyingParty: RelyingParty,
    private readonly throttle: ThrottleService,
  ) {}

  /**
   * Begins a sign-in and asks for a passkey of any account.
   * @throws MethodDisabledError; ThrottledError
   */
  async start(mode: SessionMode, caller: Caller): Promise<{ signIn: SignInOutcome; challenge: PasskeyChallenge }> {
    if (!this.relyingParty.isPossible) throw new MethodDisabledError();
    const signIn = await this.starts.begin({ mode }, undefined, caller);
    const state = { id: signIn.id, begunAt: new Date(), purpose: 'sign_in', identifier: null, userId: null, passed: [] } as const;
    const challenge = await this.factor.challenge(state);
    return { signIn, challenge };
  }

  /** @throws SignInNotFoundError, SignInExpiredError, SignInStateError, MethodDisabledError, ThrottledError */
  async options(id: string, secret: string | undefined, caller: Caller): Promise<CreationOptions> {
    const { userId } = await this.signIns.enrolling(id, secret);
    await this.throttle.take({ limit: 'edit', of: `sign-in:${id}` }, caller);
    return this.registration.options(userId, id);
  }

  /**
   * Adds the passkey, and goes on with the sign-in.
   * @throws PasskeyRejectedError, AuthenticatorExistsError; as `options`, and as the door does
   */
  async enroll(
    id: string,
    secret: string | undefined,
    credential: NewCredential,
    caller: Caller,
  ): Promise<AddedPasskey & { signIn: SignInOutcome; userId: string }> {
    const { userId, sessionEpoch } = await this.signIns.enrolling(id, secret);
    await this.throttle.take({ limit: 'edit', of: `sign-in:${id}` }, caller);
    const { outcome, ...added } = await this.registration.enroll(
      { accountId: userId, sessionEpoch },
      id,
      credential,
      caller,
      ({ passkey }) => this.signIns.enrolled(id, secret, this.factor.passedBy({ ...passkey, userId }), caller),
    );
    return { ...added, signIn: outcome, userId };
  }
}
