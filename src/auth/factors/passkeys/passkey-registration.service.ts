import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import type { Principal } from '../../../common/principal.js';
import { DatabaseService } from '../../../database/database.service.js';
import type { Account } from '../../../users/account.js';
import { UsersService } from '../../../users/users.service.js';
import { MethodDisabledError } from '../../authenticators/errors.js';
import { FactorPolicy } from '../../authenticators/factor-policy.service.js';
import { type Authorization, CredentialChange } from '../../passwords/credential-change.service.js';
import { readRegistration } from '../../webauthn/credential-json.js';
import { type CreationOptions, creationOptions } from './passkey-options.js';
import { PasskeyVerifier } from './passkey-verifier.service.js';
import { type AddedPasskey, PasskeysService } from './passkeys.service.js';
import { RelyingParty } from '../../webauthn/relying-party.service.js';
import { WebauthnChallenges } from '../../webauthn/webauthn-challenges.service.js';

/** What somebody sends to register a passkey. */
export interface NewCredential {
  name?: string;
  credential: object;
}

/** Adds passkeys to accounts. */
@Injectable()
export class PasskeyRegistration {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly challenges: WebauthnChallenges,
    private readonly verifier: PasskeyVerifier,
    private readonly relyingParty: RelyingParty,
    private readonly policy: FactorPolicy,
    private readonly gate: CredentialChange,
    private readonly users: UsersService,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Options for `navigator.credentials.create()`.
   * @param boundTo the session or sign-in that the answer has to come from
   * @throws MethodDisabledError
   */
  async options(userId: string, boundTo: string): Promise<CreationOptions> {
    if (!this.relyingParty.isPossible) throw new MethodDisabledError();
    const [account, existing] = await Promise.all([this.users.getById(userId), this.passkeys.list(userId)]);
    this.demandOffered(account);
    const handle = await this.passkeys.handleOf(userId);
    const { challenge } = await this.challenges.ask({ act: 'create', boundTo });
    return creationOptions(this.relyingParty, account, { handle, challenge, existing });
  }

  /**
   * Registers a passkey of the session's account.
   * @throws PasskeyRejectedError; AuthenticatorExistsError; MethodDisabledError; as the gate does
   */
  async register(owner: Principal, credential: NewCredential, caller: Caller): Promise<AddedPasskey> {
    const authorization = await this.gate.authorize(owner, 'factors', { session: 'recent' }, caller);
    return this.add(authorization, owner.sessionId, credential, caller, () => Promise.resolve());
  }

  /**
   * Registers a passkey of an account that has no second factor yet, in a sign-in that demands one.
   * @param signInId the sign-in that the challenge is bound to
   * @param then what follows from that, in the same transaction: both happen, or neither
   * @throws as `register`
   */
  async enroll<Then>(
    account: { accountId: string; sessionEpoch: number },
    signInId: string,
    credential: NewCredential,
    caller: Caller,
    then: (added: AddedPasskey) => Promise<Then>,
  ): Promise<AddedPasskey & { outcome: Then }> {
    const authorization = await this.gate.authorize(null, 'factors', { enrolling: account }, caller);
    return this.add(authorization, signInId, credential, caller, then);
  }

  private async add<Then>(
    authorization: Authorization<'factors'>,
    boundTo: string,
    { name, credential }: NewCredential,
    caller: Caller,
    then: (added: AddedPasskey) => Promise<Then>,
  ): Promise<AddedPasskey & { outcome: Then }> {
    this.demandOffered(authorization.account);
    const made = await this.verifier.registration(readRegistration(credential), (challenge) =>
      this.challenges.redeem({ id: undefined, challenge, act: 'create', boundTo }),
    );
    return this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      const added = await this.passkeys.add(change, made, name, caller);
      return { ...added, outcome: await then(added) };
    });
  }

  /** @throws MethodDisabledError */
  private demandOffered(account: Account): void {
    if (!this.policy.offersFactorsTo(account) || !this.relyingParty.isPossible) throw new MethodDisabledError();
  }
}
