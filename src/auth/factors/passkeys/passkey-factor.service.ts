import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../../audit/audit.service.js';
import type { Account } from '../../../users/account.js';
import type { Caller } from '../../../common/caller.js';
import { isId } from '../../../common/ids.js';
import { InvalidFactorError } from '../../authenticators/errors.js';
import { IS_STILL_OWN } from '../../authenticators/holding.js';
import { FactorRegistry } from '../factor-registry.service.js';
import type { Factor, FactorAnswer, FactorChallenge, FactorOffer, PassedFactor, SignInState } from '../factor.js';
import { type AuthenticationAnswer, readAuthentication } from '../../webauthn/credential-json.js';
import { PasskeyRejectedError, UnknownPasskeyError } from '../../webauthn/errors.js';
import { type RequestOptions, requestOptions } from './passkey-options.js';
import { type PasskeyProof, PasskeyVerifier } from './passkey-verifier.service.js';
import { type OwnedPasskey, PasskeysRepository } from './passkeys.repository.js';
import { PasskeysService } from './passkeys.service.js';
import { RelyingParty } from '../../webauthn/relying-party.service.js';
import { WebauthnChallenges } from '../../webauthn/webauthn-challenges.service.js';

/** The question for a passkey. */
export interface PasskeyChallenge extends FactorChallenge {
  publicKey: RequestOptions;
}

/** Signing in by a passkey: as the first step it names the account, as the second it is one of the account's. */
@Injectable()
export class PasskeyFactor implements Factor, OnModuleInit {
  readonly type = 'passkey';
  readonly roles = ['first', 'second'] as const;
  readonly enrolls = true;
  readonly holds = IS_STILL_OWN;

  constructor(
    private readonly registry: FactorRegistry,
    private readonly passkeys: PasskeysRepository,
    private readonly owned: PasskeysService,
    private readonly challenges: WebauthnChallenges,
    private readonly verifier: PasskeyVerifier,
    private readonly relyingParty: RelyingParty,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    if (this.relyingParty.isPossible) this.registry.add(this);
  }

  answers({ credential }: FactorAnswer): boolean {
    return credential !== undefined;
  }

  /** One for all of them: the browser asks which. */
  async offersOf({ factors }: Account): Promise<FactorOffer[]> {
    return factors.includes(this.type) ? [{ type: this.type, role: 'second' }] : [];
  }

  /** Names passkeys only to somebody who has proven to be their owner. */
  async challenge(signIn: SignInState): Promise<PasskeyChallenge> {
    const allowed = signIn.userId !== null && isKnown(signIn) ? await this.owned.list(signIn.userId) : [];
    const { id, challenge, expiresAt } = await this.challenges.ask({ act: 'get', boundTo: signIn.id });
    return { id, type: this.type, expiresAt, publicKey: requestOptions(this.relyingParty, challenge, allowed) };
  }

  /** What a proof by this passkey is worth. Its user was verified; one that may be copied is a key in software (RFC 8176 §2). */
  passedBy(passkey: Pick<OwnedPasskey, 'userId' | 'authenticatorId' | 'backupEligible' | 'uvInitialized'>): PassedFactor {
    const { userId, authenticatorId, backupEligible, uvInitialized } = passkey;
    const methods = [backupEligible ? ('swk' as const) : ('hwk' as const), ...(uvInitialized ? (['user'] as const) : [])];
    return { type: this.type, userId, authenticatorId, methods, level: uvInitialized ? 2 : 1 };
  }

  /** @throws InvalidRequestError for what is no answer of an authenticator; InvalidFactorError, which goes on record */
  async attempt(signIn: SignInState, answer: FactorAnswer, caller: Caller): Promise<PassedFactor> {
    const credential = readAuthentication(answer.credential);
    try {
      return await this.check(signIn, answer.challengeId, credential, caller);
    } catch (error) {
      if (error instanceof InvalidFactorError) await this.note(signIn, error, caller);
      throw error;
    }
  }

  private async check(
    signIn: SignInState,
    challengeId: string | undefined,
    answer: AuthenticationAnswer,
    caller: Caller,
  ): Promise<PassedFactor> {
    if (challengeId !== undefined && !isId(challengeId)) throw new InvalidFactorError();
    const { passkey, proof } = await this.verify(answer, (challenge) =>
      this.challenges.redeem({ id: challengeId, challenge, act: 'get', boundTo: signIn.id }),
    );
    demandOwner(signIn, passkey, answer);
    // A passkey that never verified its user, as one of another server, is worth two factors only once another factor has vouched for it.
    const isVerified = passkey.uvInitialized || signIn.passed.length > 0;
    await this.use(passkey, proof, isVerified, caller);
    return this.passedBy({ ...passkey, backupEligible: proof.backupEligible });
  }

  private async verify(
    answer: AuthenticationAnswer,
    isOpen: (challenge: Buffer) => Promise<boolean>,
  ): Promise<{ passkey: OwnedPasskey; proof: PasskeyProof }> {
    try {
      return await this.verifier.authentication(answer, isOpen, (credentialId) => this.find(credentialId));
    } catch (error) {
      throw error instanceof PasskeyRejectedError ? new InvalidFactorError(undefined, error) : error;
    }
  }

  private async note({ userId }: SignInState, { cause }: InvalidFactorError, caller: Caller): Promise<void> {
    const details = { factor: this.type, ...(cause instanceof PasskeyRejectedError ? { rule: cause.rule } : {}) };
    await this.audit.record({ action: 'factor.checked', outcome: 'failure', subjectId: userId, caller, details });
  }

  private async find(credentialId: Buffer): Promise<OwnedPasskey> {
    const found = await this.passkeys.findByCredentialId(credentialId);
    if (found === null) throw new UnknownPasskeyError(this.relyingParty.id, credentialId);
    return found;
  }

  private async use(passkey: OwnedPasskey, proof: PasskeyProof, uvInitialized: boolean, caller: Caller): Promise<void> {
    const { authenticatorId, userId } = passkey;
    const { signCount, ...flags } = proof;
    if (await this.passkeys.use({ authenticatorId, signCount: String(signCount), ...flags, uvInitialized })) return;
    await this.audit.record({
      action: 'passkey.counter_regressed',
      outcome: 'failure',
      subjectId: userId,
      caller,
      details: { authenticatorId, stored: Number(passkey.signCount), shown: signCount },
    });
    throw new InvalidFactorError();
  }
}

/** Whether the sign-in knows whose it is because that was proven. */
function isKnown({ purpose, passed }: SignInState): boolean {
  return purpose === 'step_up' || passed.length > 0;
}

/**
 * The passkey has to be of the account that signs in, and made for it. Without another factor only the handle in the answer says for which
 * account the authenticator has made it (WebAuthn Level 3 §7.2, step 6).
 * @throws InvalidFactorError
 */
function demandOwner(signIn: SignInState, { userId, handle }: OwnedPasskey, { userHandle }: AuthenticationAnswer): void {
  if (signIn.userId !== null && signIn.userId !== userId) throw new InvalidFactorError();
  if (userHandle === null && isKnown(signIn)) return;
  if (userHandle === null || handle === null || !Buffer.from(userHandle, 'base64url').equals(handle)) throw new InvalidFactorError();
}
