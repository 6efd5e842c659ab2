import { Injectable } from '@nestjs/common';
import type { AssuranceLevel } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { UnauthenticatedError } from '../../common/errors.js';
import { CORE_CLIENT_ID } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import { SessionEndedError, SessionRefusedError } from '../../tokens/sessions/errors.js';
import { SessionElevation } from '../../tokens/sessions/session-elevation.service.js';
import type { IssuedTokens } from '../../tokens/sessions/session-tokens.service.js';
import type { Account, Credentials } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { InvalidFactorError } from '../authenticators/errors.js';
import { FactorPolicy } from '../authenticators/factor-policy.service.js';
import { DevicesService, type RememberedDevice } from '../devices/devices.service.js';
import { SignInExpiredError, SignInStateError, UnfinishedError } from './errors.js';
import type { PassedFactor, SignInState } from './factor.js';
import { FactorsProofService } from './factors-proof.service.js';
import type { OpenSignIn } from './open-sign-in.entity.js';
import type { Proof } from './proof.js';
import { type SignedIn, SignInService } from './sign-in.service.js';
import { type SignInStatus, statusOf } from './sign-in-status.js';
import { SignInsRepository } from './sign-ins.repository.js';

/** Sign-ins are of the core's own API: wire contracts have no fields for them. */
export const CLIENT = { clientId: CORE_CLIENT_ID } as const;

/** The account of a sign-in, and its epoch. */
export type Owner = Pick<Credentials, 'account' | 'sessionEpoch'>;

/** A sign-in as it stands. */
export interface UnderWay {
  row: OpenSignIn;
  /** Its account; null before the first factor. */
  credentials: Owner | null;
  status: SignInStatus;
  required: AssuranceLevel;
}

/** What came of a step. */
export interface Step extends UnderWay {
  /** The session that was opened. */
  session?: SignedIn;
  /** The access token of the session that was raised. */
  raised?: { account: Account; tokens: Omit<IssuedTokens, 'refreshToken'> };
  /** The device that was remembered. */
  device?: RememberedDevice;
}

/** The steps of a sign-in, each one conditional update of its row. Completing it is one transaction with the session, and happens once. */
@Injectable()
export class SignInSteps {
  constructor(
    private readonly signIns: SignInsRepository,
    private readonly users: UsersService,
    private readonly door: SignInService,
    private readonly proofs: FactorsProofService,
    private readonly policy: FactorPolicy,
    private readonly devices: DevicesService,
    private readonly elevation: SessionElevation,
    private readonly database: DatabaseService,
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
  async advance({ row, credentials: known }: UnderWay, factor: PassedFactor, trustDevice: boolean, caller: Caller): Promise<Step> {
    const credentials = known ?? (await this.users.findCredentialsById(factor.userId));
    if (credentials === null || (row.userId !== null && row.userId !== factor.userId)) throw new InvalidFactorError();
    const { account, sessionEpoch } = credentials;
    const next: OpenSignIn = {
      ...row,
      userId: account.id,
      epoch: row.epoch ?? sessionEpoch,
      passed: [...row.passed, factor],
      // In a step-up it would end the session that is to be raised.
      newPassword: row.newPassword || (row.purpose === 'sign_in' && factor.isWeak === true),
      trustDevice: row.trustDevice || trustDevice,
      deviceId: row.userId === null ? await this.trusted(row.deviceId, account.id) : row.deviceId,
    };
    return this.goOn(row, next, credentials, caller);
  }

  /** Goes on to what `next` says: another step, or the session. */
  async goOn(row: OpenSignIn, next: OpenSignIn, credentials: Owner, caller: Caller): Promise<Step> {
    const under = this.under(next, credentials);
    if (under.status === 'complete') return this.complete(row, under, credentials, caller);
    if (next.purpose === 'sign_in') await this.demandStanding(this.proofs.prove(next, credentials), next.deviceId, caller);
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
  stateOf({ id, purpose, mode, identifier, userId, passed, returnTo }: OpenSignIn): SignInState {
    // What a page of this server opens is kept in cookies.
    return { id, purpose, identifier, userId, passed, returnTo: mode === 'cookie' ? returnTo : null };
  }

  private under(row: OpenSignIn, credentials: Owner | null): UnderWay {
    const required = this.requiredLevel(row, credentials?.account ?? null);
    const status = row.completedAt === null ? statusOf({ ...row, required }, credentials?.account ?? null) : 'complete';
    return { row, credentials, status, required };
  }

  private requiredLevel({ purpose, requiredAal, deviceId, newPassword }: OpenSignIn, account: Account | null): AssuranceLevel {
    if (account === null || purpose === 'step_up' || requiredAal > 1) return requiredAal;
    // Choosing another password changes a credential: it takes what the account can reach, on a remembered device, too.
    if (newPassword && this.policy.canReachSecondLevel(account)) return 2;
    return deviceId === null && this.policy.requiresSecondFactor(account) ? 2 : 1;
  }

  private async trusted(deviceId: string | null, userId: string): Promise<string | null> {
    return deviceId !== null && (await this.devices.skipsSecondFactor(deviceId, userId)) ? deviceId : null;
  }

  private async complete(row: OpenSignIn, under: UnderWay, credentials: Owner, caller: Caller): Promise<Step> {
    const { row: next } = under;
    const proof = this.proofs.prove(next, credentials);
    const { account, assurance, epoch } = proof;
    try {
      if (next.purpose === 'step_up') {
        const tokens = await this.database.transaction(async () => {
          if ((await this.signIns.step(row, next, { completes: true })) === null) throw new SignInStateError();
          return this.elevation.raise({ id: String(next.sessionId), epoch }, assurance, caller);
        });
        return { ...under, raised: { account, tokens } };
      }
      // A recovery code says that something was lost: this is no moment to ask for less.
      const remembers = next.trustDevice && this.devices.areRemembered && assurance.level > 1 && !assurance.recovered;
      const open = () => this.door.complete(proof, CLIENT, caller, { deviceId: next.deviceId, first: this.signIns.completing(next) });
      if (!remembers) return { ...under, session: await open() };
      // What the door refuses goes on record outside of the transaction.
      await this.door.demand(proof, CLIENT, caller, next.deviceId);
      return await this.database.transaction(async () => {
        const session = await open();
        return { ...under, session, device: await this.devices.remember(account.id, epoch, caller) };
      });
    } catch (error) {
      if (error instanceof SessionEndedError) throw expired(next);
      if (error instanceof SessionRefusedError) throw await this.whyRefused(next);
      throw error;
    }
  }

  /** Another request was faster, or the sign-in has ended with all sessions of its account. */
  private async whyRefused(row: OpenSignIn): Promise<Error> {
    const credentials = row.userId === null ? null : await this.users.findCredentialsById(row.userId);
    return hasEnded(row, credentials) ? expired(row) : new SignInStateError();
  }
}

/** Whether all sessions of the account ended since the first factor. */
function hasEnded({ epoch }: OpenSignIn, owner: Owner | null): boolean {
  return owner === null || owner.account.disabledAt !== null || owner.sessionEpoch !== epoch;
}

export function expired({ purpose, returnTo }: OpenSignIn): SignInExpiredError {
  return new SignInExpiredError({ purpose, clientId: CORE_CLIENT_ID, returnTo });
}
