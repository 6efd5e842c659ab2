import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import type { Ext } from '../../claims/further-claims.js';
import { CORE_CLIENT_ID } from '../../common/principal.js';
import { ThrottledError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import type { Part } from '../../database/part.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import type { FurtherClaims, TokenSubject } from '../../tokens/access-tokens/access-tokens.service.js';
import { SessionRefusedError } from '../../tokens/sessions/errors.js';
import { SessionOpening } from '../../tokens/sessions/session-opening.service.js';
import type { IssuedTokens } from '../../tokens/sessions/session-tokens.service.js';
import type { Account } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { EmailVerificationMails } from '../contacts/email-verification-mails.service.js';
import { FactorPolicy } from '../authenticators/factor-policy.service.js';
import {
  AccountDisabledError,
  EnrollmentRequiredError,
  NewPasswordRequiredError,
  NotActivatedError,
  SecondFactorRequiredError,
  UnfinishedError,
  UnverifiedError,
} from './errors.js';
import { BadCredentialsError } from '../passwords/errors.js';
import { PasswordProofService } from './password-proof.service.js';
import type { Proof } from './proof.js';

/** The app that somebody signs in to, and what it asks for. */
export interface SignInClient {
  /** `CORE_CLIENT_ID` for the core's own API, a contract's slug otherwise: such a session carries no elevated roles. */
  clientId: string;
  /** Whether the refresh token may mint access tokens without rotating. */
  mintsAccess?: boolean;
  /** What the account must be, beside what `SIGN_IN_REQUIRES` demands of all. */
  requires?: 'verified-email' | 'activated';
  /** What the app reads of the account in the access token beside our own claims, as of the sign-in. */
  furtherClaims?(account: Account): FurtherClaims;
}

/** A successful sign-in. */
export interface SignedIn {
  account: Account;
  tokens: IssuedTokens;
}

/** What else is known when a sign-in is completed. */
export interface Completion {
  /** The remembered device that skips the second factor. */
  deviceId?: string | null;
  /** Part of the statement that opens the session: without a row of it none is opened, and the caller gets the SessionRefusedError. */
  first?: Part;
  /** What `ask` returned, where the sign-in is completed inside a transaction: no hook is asked there. */
  asked?: { hookClaims: Ext | undefined } | undefined;
}

type Refusal = BadCredentialsError | AccountDisabledError | UnverifiedError | NotActivatedError | UnfinishedError;

/** The one door: every way in makes a `Proof` and completes it here. */
@Injectable()
export class SignInService {
  constructor(
    private readonly passwords: PasswordProofService,
    private readonly sessions: SessionOpening,
    private readonly users: UsersService,
    private readonly policy: FactorPolicy,
    private readonly verification: EmailVerificationMails,
    private readonly throttle: ThrottleService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  /**
   * Signs in by a password.
   * @throws BadCredentialsError (unknown identifier and wrong password alike), ThrottledError, BusyError, and as `complete`
   */
  async signIn(identifier: string, password: string, client: SignInClient, caller: Caller): Promise<SignedIn> {
    return this.complete(await this.passwords.prove(identifier, password, caller), client, caller);
  }

  /**
   * Opens a session for somebody who has proven who they are, if the account may sign in. A refusal because the app requires a proven
   * address also mails a fresh code to it.
   * @throws AccountDisabledError, UnverifiedError, NotActivatedError; SecondFactorRequiredError, EnrollmentRequiredError,
   *   NewPasswordRequiredError when more has to be shown; BadCredentialsError when the proof has ended meanwhile, or with `first`
   *   SessionRefusedError; as `ask`
   */
  async complete(
    proof: Proof,
    client: SignInClient,
    caller: Caller,
    { deviceId = null, first, asked }: Completion = {},
  ): Promise<SignedIn> {
    await this.demand(proof, client, caller, deviceId);
    const { hookClaims } = asked ?? (this.sessions.asks ? await this.ask(proof, client, caller) : NOT_ASKED);
    try {
      return await this.open(proof, client, caller, { deviceId, first, hookClaims });
    } catch (error) {
      // The password was changed, or the account disabled, after the proof was made.
      if (error instanceof SessionRefusedError && first === undefined)
        return this.refuse(new BadCredentialsError(), proof.account, client, caller);
      throw error;
    }
  }

  /**
   * Refuses as `complete` does, and opens nothing: for a sign-in that goes on.
   * @throws as `complete`
   */
  async demand(proof: Proof, client: SignInClient, caller: Caller, deviceId: string | null = null): Promise<void> {
    const refusal = await this.refusalOf(proof, client, caller, deviceId);
    if (refusal !== null) await this.refuse(refusal, proof.account, client, caller);
  }

  /**
   * Asks the operator's hook, where there is one, whether the account may sign in. Belongs behind `demand`, and outside a transaction.
   * @returns the claims that the hook adds
   * @throws HookDeniedError, HookUnavailableError
   */
  async ask({ account, assurance }: Proof, { clientId }: SignInClient, caller: Caller): Promise<{ hookClaims: Ext | undefined }> {
    return { hookClaims: await this.sessions.ask({ subject: subjectOf(account), assurance, clientId, caller }) };
  }

  private async open(
    proof: Proof,
    client: SignInClient,
    caller: Caller,
    { deviceId = null, first, hookClaims }: Omit<Completion, 'asked'> & { hookClaims: Ext | undefined },
  ): Promise<SignedIn> {
    const { account, epoch: sessionEpoch, assurance } = proof;
    const { clientId, mintsAccess } = client;
    const subject = subjectOf(account);
    const event = { action: 'session.opened', outcome: 'success', actorId: account.id, subjectId: account.id, caller } as const;
    const furtherClaims = client.furtherClaims?.(account);
    const tokens = await this.sessions.open(
      { subject, sessionEpoch, assurance, clientId, mintsAccess, furtherClaims, hookClaims, deviceId, caller },
      (opened) => [this.users.signInNote(account.id, opened), ...this.audit.recording({ ...event, details: { clientId } }, opened)],
      first,
    );
    return { account, tokens };
  }

  /** Why the account may not sign in to this app by this proof; null when it may. */
  private async refusalOf(
    proof: Proof,
    { clientId, requires }: SignInClient,
    caller: Caller,
    deviceId: string | null,
  ): Promise<Refusal | null> {
    const { account } = proof;
    if (account.disabledAt !== null) return new AccountDisabledError();
    // Before the other rule about proofs of addresses: this refusal also mails a fresh code.
    if (requires === 'verified-email' && account.emailVerifiedAt === null) {
      await this.sendCode(account, clientId, caller);
      return new UnverifiedError();
    }
    if (this.settings.SIGN_IN_REQUIRES === 'verified' && account.emailVerifiedAt === null && account.mobileVerifiedAt === null) {
      return new UnverifiedError();
    }
    if (requires === 'activated' && account.activatedAt === null) return new NotActivatedError();
    // Last, so that the rest is told first.
    return this.missingIn(proof, clientId, deviceId);
  }

  /** What has to be shown beyond the proof; null if nothing. */
  private missingIn(proof: Proof, clientId: string, deviceId: string | null): UnfinishedError | null {
    const { account, assurance, passed } = proof;
    if (assurance.level < 2 && deviceId === null && this.policy.requiresSecondFactor(account)) {
      return this.policy.canReachSecondLevel(account) ? new SecondFactorRequiredError() : new EnrollmentRequiredError();
    }
    // A wire format has no field for another one.
    const isWeak = clientId === CORE_CLIENT_ID && passed.some((factor) => factor.isWeak);
    return isWeak ? new NewPasswordRequiredError() : null;
  }

  /** Unless the caller's network has caused too many mails: the refusal is the same. */
  private async sendCode(account: Account, clientId: string, caller: Caller): Promise<void> {
    try {
      await this.throttle.takeFrom('mail-request', caller);
    } catch (error) {
      if (error instanceof ThrottledError) return;
      throw error;
    }
    // The mail before may be late: its code is to work when it comes.
    await this.verification.send(account, { clientId, triedBy: caller, earlier: 'kept' });
  }

  private async refuse(error: Refusal, account: Account, { clientId }: SignInClient, caller: Caller): Promise<never> {
    // Through the core's API the sign-in goes on.
    if (error instanceof UnfinishedError && clientId === CORE_CLIENT_ID) throw error;
    await this.audit.record({
      action: 'session.opened',
      outcome: 'failure',
      subjectId: account.id,
      caller,
      details: { reason: error.code },
    });
    throw error;
  }
}

const NOT_ASKED = { hookClaims: undefined };

function subjectOf({ id, roles, emailVerifiedAt, publicMetadata }: Account): TokenSubject {
  return { id, roles, emailVerified: emailVerifiedAt !== null, publicMetadata };
}
