import { Injectable } from '@nestjs/common';
import { areElevated } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { ForbiddenError, InvalidRequestError, UnauthenticatedError } from '../../common/errors.js';
import { CORE_CLIENT_ID, type Principal } from '../../common/principal.js';
import { AssuranceCheck } from '../../tokens/access/assurance-check.service.js';
import { ChallengeClosing } from '../../tokens/challenges/challenge-closing.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import { isAccountGone } from '../../users/errors.js';
import type { Account, Credentials } from '../../users/account.js';
import { ConfirmedChange, type CredentialKind } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { StepUpRequiredError } from '../../tokens/access-tokens/errors.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { SecondFactorMissingError } from '../authenticators/errors.js';
import { type ShownFactor, SecondFactorCheck } from '../authenticators/second-factor-check.service.js';
import { BadCredentialsError } from './errors.js';
import type { Evidence } from './evidence.js';
import { PasswordCheck } from './password-check.service.js';

/** How long ago the session of an account without a password may have shown its last proof, seconds. */
const RECENT_SECONDS = 300;

/** Leave to change a credential, to be confirmed in the transaction that changes it. Only the gate makes one. */
class Authorization<Kind extends CredentialKind = CredentialKind> {
  /** Unlike public fields, it is of this class alone. */
  declare protected readonly authorized: true;

  constructor(
    readonly kind: Kind,
    /** As it was when this was asked. */
    readonly account: Account,
    readonly actorId: string | null,
    /** `Credentials.sessionEpoch` of when the password was compared; null without one. */
    readonly sessionEpoch: number | null,
    readonly challenge: ProvenChallenge | null,
    /** The session that asked, if it is the owner's; null for the reader of a mail, and for somebody who acts on the account. */
    readonly asker: (Pick<Principal, 'aal'> & Partial<Pick<Principal, 'sessionId'>>) | null = null,
    /** Whether only the session was shown, by the promise of a contract, which does for accounts without elevated roles. */
    readonly bySessionAlone = false,
    /** Whether the second factor was shown beside a code or link. */
    readonly hasFactor = false,
  ) {}
}
export type { Authorization };

/**
 * The one gate: whatever changes or removes a credential of an account is authorized here, outside a transaction, and confirmed inside
 * the one that makes the change.
 */
@Injectable()
export class CredentialChange {
  constructor(
    private readonly passwords: PasswordCheck,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly challenges: ChallengesService,
    private readonly closing: ChallengeClosing,
    private readonly factors: SecondFactorCheck,
    private readonly assurance: AssuranceCheck,
  ) {}

  /**
   * Whether the change takes the account's second factor beside a code or link. A takeover asks for it itself (`ResetFactor`), because the
   * first proof of an account removes the factors.
   */
  needsFactor(kind: CredentialKind, account: Account): boolean {
    return kind === 'deletion' && this.factors.isDemandedOf(account);
  }

  /**
   * Decides whether the change may be made.
   * @param asker the session that asks; null for the reader of a mail, who has none
   * @throws BadCredentialsError, ThrottledError, BusyError as a sign-in does, when a password is shown; InvalidChallengeError when the
   *   account of a code or link is gone; ForbiddenError, UserNotFoundError when somebody acts on an account; BadCredentialsError also when
   *   a promise of a wire format needs a password that is missing; StepUpRequiredError when the owner's session lacks a second factor
   *   that the account has; SecondFactorMissingError, InvalidFactorError, FactorThrottledError where a link alone does not do
   */
  async authorize<Kind extends CredentialKind>(
    asker: Principal | null,
    kind: Kind,
    evidence: Evidence,
    caller: Caller,
  ): Promise<Authorization<Kind>> {
    if ('as' in evidence) return this.byAct(asker, kind, evidence);
    if ('promisedBy' in evidence) return this.byPromise(asker, kind, evidence, caller);
    if ('session' in evidence) return this.bySession(asker, kind);
    if ('enrolling' in evidence) return this.byEnrolling(kind, evidence.enrolling);
    if ('mailboxOf' in evidence) return this.byMailbox(kind, evidence.mailboxOf);
    if ('password' in evidence) {
      const { password } = evidence;
      if (password === undefined) return this.byRecentProof(asker, kind, 'field' in evidence ? evidence.field : 'password');
      const challenge = ('challenge' in evidence ? evidence.challenge : null) ?? null;
      const userId = challenge?.userId ?? asker?.userId;
      if (userId === undefined) throw new UnauthenticatedError();
      const { account, sessionEpoch } = await this.passwords.byId(userId, password, caller);
      const owner = asker?.userId === userId ? asker : null;
      demandLevel(owner, account);
      return new Authorization(kind, account, userId, sessionEpoch, challenge, owner);
    }
    return this.byChallenge(kind, evidence, caller);
  }

  /**
   * Locks the account's row, makes sure that what was shown still holds, and uses up the code or link. A takeover puts right what mails have
   * told of so far: see `ChallengeClosing.settle`. Joins the caller's transaction.
   * @throws BadCredentialsError when all sessions were ended or the account was disabled since the password was compared: the password
   *   may not be the account's any more; also when the account got an elevated role since only a session was shown; UnauthenticatedError when
   *   that session has ended; InvalidChallengeError when another request was faster, or the account is disabled; UserNotFoundError
   */
  async confirm<Kind extends CredentialKind>(authorization: Authorization<Kind>): Promise<ConfirmedChange<Kind>> {
    const { kind, actorId, sessionEpoch, challenge, asker, bySessionAlone, hasFactor } = authorization;
    // The account's row before the challenge's, always: in another order two requests could block each other.
    const now = await this.lock(authorization);
    const isDisabled = now.account.disabledAt !== null;
    if (challenge !== null && isDisabled) throw new InvalidChallengeError();
    if (sessionEpoch !== null && (now.sessionEpoch !== sessionEpoch || isDisabled)) throw new BadCredentialsError();
    if (bySessionAlone && areElevated(now.account.roles)) throw new BadCredentialsError();
    if (sessionEpoch === null) await this.demandLive(asker?.sessionId);
    demandLevel(asker, now.account);
    if (challenge !== null && sessionEpoch === null && !hasFactor && this.needsFactor(kind, now.account))
      throw new SecondFactorMissingError();
    if (challenge !== null) await this.challenges.consume(challenge);
    // Before any notice of this takeover is queued: its link is to work.
    if (challenge !== null && kind === 'takeover') await this.closing.settle(now.account.id, challenge.address);
    return ConfirmedChange.of(kind, now.account, actorId);
  }

  /** What only a session shows is worth nothing once it has ended, perhaps by a reset that was faster. @throws UnauthenticatedError */
  private async demandLive(sessionId: string | undefined): Promise<void> {
    if (sessionId !== undefined && (await this.sessions.findLive(sessionId)) === null) throw new UnauthenticatedError();
  }

  /** Where the account is gone, what was shown for it proves nothing any more. */
  private async lock({ account, sessionEpoch, challenge }: Authorization): Promise<Credentials> {
    try {
      return await this.contacts.lock(account.id);
    } catch (error) {
      if (!isAccountGone(error)) throw error;
      if (challenge !== null) throw new InvalidChallengeError();
      throw sessionEpoch === null ? error : new BadCredentialsError();
    }
  }

  private async byAct<Kind extends CredentialKind>(
    asker: Principal | null,
    kind: Kind,
    { accountId, as }: Extract<Evidence, { as: unknown }>,
  ): Promise<Authorization<Kind>> {
    if (as === 'operator' && asker === null) return new Authorization(kind, await this.users.getById(accountId), null, null, null);
    if (asker === null || !asker.roles.includes('admin')) throw new ForbiddenError();
    return new Authorization(kind, await this.users.getById(accountId), asker.userId, null, null);
  }

  /**
   * A wire format's promise of a change without the password ends at the sessions that it opened: the token of any other session may be
   * stolen, and shows no more than a token.
   */
  private async byPromise<Kind extends CredentialKind>(
    asker: Principal | null,
    kind: Kind,
    { accountId, promisedBy, password }: Extract<Evidence, { promisedBy: unknown }>,
    caller: Caller,
  ): Promise<Authorization<Kind>> {
    const isOwner = asker?.userId === accountId;
    if (asker === null || !(isOwner || asker.roles.includes('admin'))) throw new ForbiddenError();
    const account = await this.users.getById(accountId);
    const owner = isOwner ? asker : null;
    demandLevel(owner, account);
    if (isOwner && asker.clientId === promisedBy && !areElevated(account.roles)) {
      return new Authorization(kind, account, asker.userId, null, null, owner, true);
    }
    if (password === undefined) throw new BadCredentialsError();
    const { account: own, sessionEpoch } = await this.passwords.byId(asker.userId, password, caller);
    // An administrator's session that lacks a factor changes no way in of somebody else, either.
    demandLevel(asker, own);
    return new Authorization(kind, account, asker.userId, isOwner ? sessionEpoch : null, null, owner);
  }

  private async byChallenge<Kind extends CredentialKind>(
    kind: Kind,
    { challenge, factor = {} }: Extract<Evidence, { challenge: ProvenChallenge; factor?: ShownFactor }>,
    caller: Caller,
  ): Promise<Authorization<Kind>> {
    const account = await this.users.findById(challenge.userId);
    if (account === null) throw new InvalidChallengeError();
    const needsFactor = this.needsFactor(kind, account);
    if (needsFactor) {
      this.factors.demandShown(factor);
      await this.factors.attempt(account.id, factor, caller);
    }
    return new Authorization(kind, account, account.id, null, challenge, null, false, needsFactor);
  }

  private async byEnrolling<Kind extends CredentialKind>(
    kind: Kind,
    { accountId, sessionEpoch, aal = 1 }: Extract<Evidence, { enrolling: unknown }>['enrolling'],
  ): Promise<Authorization<Kind>> {
    const account = await this.users.getById(accountId);
    return new Authorization(kind, account, account.id, sessionEpoch, null, { aal });
  }

  /** A mailbox is worth a takeover, and nothing less: what it is a takeover of decides there. */
  private async byMailbox<Kind extends CredentialKind>(kind: Kind, accountId: string): Promise<Authorization<Kind>> {
    if (kind !== 'takeover') throw new ForbiddenError();
    return new Authorization(kind, await this.users.getById(accountId), accountId, null, null);
  }

  /** @throws InvalidRequestError for an account that has a password; StepUpRequiredError */
  private async byRecentProof<Kind extends CredentialKind>(
    asker: Principal | null,
    kind: Kind,
    field: string,
  ): Promise<Authorization<Kind>> {
    const authorization = await this.bySession(asker, kind);
    const credentials = await this.users.findCredentialsById(authorization.account.id);
    if (asker === null || credentials === null) throw new UnauthenticatedError();
    if (credentials.passwordHash !== null) throw InvalidRequestError.field(field, 'required', 'Send the password of the account.');
    await this.assurance.demand(asker, { level: 2, maxAgeSeconds: RECENT_SECONDS });
    // A password that somebody sets meanwhile ends the session, and this with it.
    return authorization;
  }

  private async bySession<Kind extends CredentialKind>(asker: Principal | null, kind: Kind): Promise<Authorization<Kind>> {
    if (asker === null) throw new UnauthenticatedError();
    // A contract's session shows no more than a token that may be stolen.
    if (asker.clientId !== CORE_CLIENT_ID) throw new ForbiddenError();
    const account = await this.users.getById(asker.userId);
    demandLevel(asker, account);
    return new Authorization(kind, account, account.id, null, null, asker);
  }
}

/**
 * The owner's session must have the level that the account can reach: a session without the second factor changes no way in.
 * @throws StepUpRequiredError
 */
function demandLevel(owner: Pick<Principal, 'aal'> | null, { factors }: Account): void {
  if (owner !== null && owner.aal < 2 && factors.length > 0) throw new StepUpRequiredError(2);
}
