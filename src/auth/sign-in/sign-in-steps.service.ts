import { Injectable } from '@nestjs/common';
import type { AssuranceLevel } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { UnauthenticatedError } from '../../common/errors.js';
import type { Account } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { InvalidFactorError } from '../authenticators/errors.js';
import { FactorPolicy } from '../authenticators/factor-policy.service.js';
import { DevicesService } from '../devices/devices.service.js';
import { SignInStateError, UnfinishedError } from './errors.js';
import type { PassedFactor, SignInState } from '../factors/factor.js';
import { FactorsProofService } from './factors-proof.service.js';
import type { OpenSignIn } from './open-sign-in.entity.js';
import type { PendingLink } from '../identities/pending-link.js';
import type { Proof } from './proof.js';
import { SignInCompletion } from './sign-in-completion.service.js';
import { SignInService } from './sign-in.service.js';
import { CLIENT, type Owner, type Step, type UnderWay, expired, hasEnded } from './sign-in-step.js';
import { statusOf } from './sign-in-status.js';
import { SignInsRepository } from './sign-ins.repository.js';

/** The steps of a sign-in, each one conditional update of its row. */
@Injectable()
export class SignInSteps {
  constructor(
    private readonly signIns: SignInsRepository,
    private readonly users: UsersService,
    private readonly door: SignInService,
    private readonly proofs: FactorsProofService,
    private readonly policy: FactorPolicy,
    private readonly devices: DevicesService,
    private readonly completion: SignInCompletion,
  ) {}

  /**
   * How a sign-in stands.
   * @throws SignInExpiredError when its account was disabled, or all sessions of the account ended since the first factor
   */
  async standing(row: OpenSignIn): Promise<UnderWay> {
    return this.standingOf(row, row.userId === null ? null : await this.users.findCredentialsById(row.userId));
  }

  /** The same where the account was read just now. */
  standingOf(row: OpenSignIn, credentials: Owner | null): UnderWay {
    if (row.userId !== null && hasEnded(row, credentials)) throw expired(row);
    return this.under(row, credentials);
  }

  /**
   * Adds a factor that has passed, and completes the sign-in if nothing is missing.
   * @throws InvalidFactorError when it is another account's; SignInStateError when another request was faster; SignInExpiredError; as
   *   `SignInService.complete` when the account may not sign in
   */
  async advance(under: UnderWay, factor: PassedFactor, trustDevice: boolean, caller: Caller): Promise<Step> {
    const { row, credentials } = under;
    const added = await this.added(row, credentials, factor);
    const next = { ...added.next, trustDevice: row.trustDevice || trustDevice };
    return this.goOn(row, next, added.owner, caller);
  }

  /**
   * Adds a factor that passed elsewhere, as at a provider, while the holder of the sign-in's secret was away. It is completed when they ask
   * for it: only they may have the session.
   * @param link the identity that is linked when the sign-in is complete
   * @throws as `advance`
   */
  async advanceAway({ row, credentials }: UnderWay, factor: PassedFactor, link: PendingLink | null, caller: Caller): Promise<void> {
    const { next, owner } = await this.added(row, credentials, factor);
    await this.demandAllowed(next, owner, caller);
    if ((await this.signIns.step(row, { ...next, link }, { endsTry: false })) === null) throw new SignInStateError();
  }

  /**
   * Waits for a proof of the account with the address of an identity.
   * @throws SignInStateError when another request was faster
   */
  async awaitLink({ row }: UnderWay, { account, sessionEpoch }: Owner, link: PendingLink): Promise<void> {
    const next = { userId: account.id, epoch: sessionEpoch, identifier: account.email, link };
    if ((await this.signIns.step(row, next, { endsTry: false })) === null) throw new SignInStateError();
  }

  /** Goes on to what `next` says: another step, or the session. */
  async goOn(row: OpenSignIn, next: OpenSignIn, credentials: Owner, caller: Caller): Promise<Step> {
    const under = this.under(next, credentials);
    if (under.status === 'complete') return this.completion.complete(under, this.proofs.prove(next, credentials), caller);
    await this.demandAllowed(next, credentials, caller);
    const stepped = await this.signIns.step(row, next);
    if (stepped === null) throw new SignInStateError();
    return { ...under, row: stepped };
  }

  /**
   * An account that may not sign in is told so after the first factor, as by a sign-in in one step.
   * @throws as `SignInService.complete`, but for what the sign-in waits for
   */
  async demandStanding(proof: Proof, deviceId: string | null, caller: Caller): Promise<void> {
    try {
      await this.door.demand(proof, CLIENT, caller, deviceId);
    } catch (error) {
      if (!(error instanceof UnfinishedError)) throw error;
    }
  }

  /** An account, and the level that it can reach. @throws UnauthenticatedError when it is gone */
  async reachOf(userId: string): Promise<{ owner: Owner; reachable: AssuranceLevel }> {
    const owner = await this.users.findCredentialsById(userId);
    if (owner === null) throw new UnauthenticatedError();
    return { owner, reachable: this.policy.canReachSecondLevel(owner.account) ? 2 : 1 };
  }

  /** What a factor is told. */
  stateOf({ id, createdAt: begunAt, purpose, mode, identifier, userId, passed, deviceId, returnTo }: OpenSignIn): SignInState {
    // What a page of this server opens is kept in cookies.
    return { id, begunAt, purpose, identifier, userId, passed, deviceId, returnTo: mode === 'cookie' ? returnTo : null, backTo: returnTo };
  }

  /** The sign-in with one more factor. @throws InvalidFactorError when it is another account's */
  private async added(row: OpenSignIn, known: Owner | null, factor: PassedFactor): Promise<{ next: OpenSignIn; owner: Owner }> {
    const isFirst = row.passed.length === 0 && row.purpose === 'sign_in';
    // The first one may have changed the account: it is the first proof of an address, perhaps.
    const owner = (isFirst ? null : known) ?? (await this.users.findCredentialsById(factor.userId));
    if (owner === null || (row.userId !== null && row.userId !== factor.userId)) throw new InvalidFactorError();
    const { account, sessionEpoch } = owner;
    const { epoch, ...shown } = factor;
    const next: OpenSignIn = {
      ...row,
      userId: account.id,
      epoch: (isFirst ? epoch : undefined) ?? row.epoch ?? sessionEpoch,
      passed: [...row.passed, shown],
      // In a step-up it would end the session that is to be raised.
      newPassword: row.newPassword || (row.purpose === 'sign_in' && factor.isWeak === true),
      deviceId: isFirst ? await this.trusted(row.deviceId, account.id) : row.deviceId,
    };
    return { next, owner };
  }

  private async demandAllowed(next: OpenSignIn, owner: Owner, caller: Caller): Promise<void> {
    if (next.purpose === 'sign_in') await this.demandStanding(this.proofs.prove(next, owner), next.deviceId, caller);
  }

  private under(row: OpenSignIn, credentials: Owner | null): UnderWay {
    const required = this.requiredLevel(row, credentials?.account ?? null);
    const status = row.completedAt === null ? statusOf({ ...row, required }, credentials?.account ?? null) : 'complete';
    return { row, credentials, status, required };
  }

  private requiredLevel({ purpose, requiredAal, deviceId, newPassword, link }: OpenSignIn, account: Account | null): AssuranceLevel {
    if (account === null || purpose === 'step_up' || requiredAal > 1) return requiredAal;
    // Another password, or a new way in, takes what the account can reach, on a remembered device, too.
    if ((newPassword || link !== null) && this.policy.canReachSecondLevel(account)) return 2;
    return deviceId === null && this.policy.requiresSecondFactor(account) ? 2 : 1;
  }

  private async trusted(deviceId: string | null, userId: string): Promise<string | null> {
    return deviceId !== null && (await this.devices.skipsSecondFactor(deviceId, userId)) ? deviceId : null;
  }
}
