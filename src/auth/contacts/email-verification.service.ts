import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { ChallengeExpiredError, InvalidChallengeError } from '../../tokens/challenges/errors.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { networkOf } from '../../throttling/client-network.js';
import type { Account } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { isAccountGone } from '../../users/account-gone.js';
import { ProofRequiredError } from '../passwords/errors.js';
import { MailBudget } from '../challenges/mail-budget.service.js';
import { CredentialChange, type Evidence } from '../passwords/credential-change.service.js';
import { PasswordHasher } from '../passwords/password-hasher.service.js';
import { PasswordPolicy } from '../passwords/password-policy.service.js';
import { TakeoverService } from '../passwords/takeover.service.js';

/** Lifetime of a confirmation code and link, seconds. */
export const EMAIL_CONFIRMATION_TTL_SECONDS = 30 * 60;

/** How the reader of a link shows that the account is theirs and not a stranger's who typed their address. */
export interface Ownership {
  /** The password of the account. */
  password?: string | undefined;
  /**
   * A new one: ends everything from before, that is the old password, every session, open codes and links, and a mobile number that
   * nobody has proven. Not where another address of the account was proven before.
   */
  newPassword?: string | undefined;
  /** The account of a live session. */
  userId?: string | undefined;
}

/** Proving that an account's e-mail address is read by its owner. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly users: UsersService,
    private readonly challenges: ChallengesService,
    private readonly gate: CredentialChange,
    private readonly takeover: TakeoverService,
    private readonly outbox: OutboxService,
    private readonly budget: MailBudget,
    private readonly hasher: PasswordHasher,
    private readonly throttle: ThrottleService,
    private readonly policy: PasswordPolicy,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Queues a confirmation mail unless there is nothing to confirm; an earlier code and link die. Joins the caller's transaction.
   * @param returnTo where the page behind the link leads back to, checked by `ReturnUrls`
   */
  async send(account: Account, returnTo: string | null = null): Promise<void> {
    const { id: userId, email: address } = account;
    if (address === null || account.emailVerifiedAt !== null || account.disabledAt !== null) return;
    if (!(await this.budget.spend(address))) return;
    await this.database.transaction(async () => {
      const challenge = await this.challenges.issue({
        userId,
        purpose: 'confirm-email',
        address,
        ttlSeconds: EMAIL_CONFIRMATION_TTL_SECONDS,
        returnTo,
      });
      await this.outbox.enqueue({
        kind: 'confirm-email',
        recipient: address,
        userId,
        locale: account.locale,
        params: { firstName: account.firstName },
        challengeId: challenge.id,
        expiresAt: challenge.expiresAt,
        dedupeKey: `confirm-email:${challenge.id}`,
      });
    });
  }

  /**
   * The same for an account that is being made, as parts of that statement, of which `created` has the `id`. Whether the mail may be
   * sent is asked before.
   */
  confirmation(account: Pick<Account, 'id' | 'locale' | 'firstName'>, address: string, returnTo: string | null, created: string): Part[] {
    const { id: userId, locale, firstName } = account;
    const request = { userId, purpose: 'confirm-email', address, ttlSeconds: EMAIL_CONFIRMATION_TTL_SECONDS, returnTo } as const;
    const { id: challengeId, part } = this.challenges.issuing(request, created);
    const mail = { kind: 'confirm-email', recipient: address, userId, locale, params: { firstName }, challengeId } as const;
    return [part, this.outbox.queueing(mail, part.as)];
  }

  /**
   * Sends the mail again if `email` belongs to an account that waits for it. The caller learns nothing either way.
   * @throws ThrottledError
   */
  async resend(email: string, caller: Caller, returnTo: string | null = null): Promise<void> {
    await this.throttle.take({ limit: 'mail-request', of: networkOf(caller.ip) }, caller);
    const account = await this.users.findByEmail(email);
    if (account === null) return;
    try {
      await this.database.transaction(async () => {
        await this.send(account, returnTo);
        await this.audit.record({ action: 'email.verification_requested', outcome: 'success', subjectId: account.id, caller });
      });
    } catch (error) {
      if (!isAccountGone(error)) throw error;
    }
  }

  /**
   * Confirms by the code, which is typed where the account was made: nothing more is asked.
   * @param of the account, by its address or by whatever it signs in with
   * @throws InvalidChallengeError (also for an unknown address or identifier), ChallengeExpiredError, ThrottledError
   */
  async confirmByCode(of: { email: string } | { identifier: string }, code: string, caller: Caller): Promise<Account> {
    await this.throttle.take({ limit: 'code-network', of: networkOf(caller.ip) }, caller);
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      const account = 'email' in of ? await this.users.findByEmail(of.email) : await this.users.findByIdentifier(of.identifier);
      const challenge = await this.onRecord(account?.id ?? null, caller, async () => {
        if (account === null) throw new InvalidChallengeError();
        return this.challenges.checkCode('confirm-email', account.id, code);
      });
      return this.confirm(challenge, { challenge }, caller);
    });
  }

  /**
   * Confirms by the link. Its reader may be somebody whose address a stranger registered, so it takes the account's password,
   * a session of it, or a new password that puts an end to everything from before.
   * @throws InvalidChallengeError, ChallengeExpiredError, ProofRequiredError, BadCredentialsError, InvalidRequestError, ThrottledError
   */
  async confirmByLink(token: string, ownership: Ownership, caller: Caller): Promise<Account> {
    await this.throttle.take({ limit: 'code-network', of: networkOf(caller.ip) }, caller);
    const challenge = await this.onRecord(null, caller, () => this.challenges.checkLink('confirm-email', token));
    const { newPassword, password, userId } = ownership;
    if (newPassword !== undefined) return this.takeOver(challenge, newPassword, caller);
    if (password === undefined && userId !== challenge.userId) throw new ProofRequiredError();
    return this.confirm(challenge, password === undefined ? { challenge } : { password, challenge }, caller);
  }

  /**
   * What a link is about, for the page that it opens, and whether a new password would do. Consumes nothing: mail scanners open
   * links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError, UserNotFoundError
   */
  async inspectLink(token: string): Promise<{ address: string; canTakeOver: boolean }> {
    const { address, userId } = await this.challenges.checkLink('confirm-email', token);
    return { address, canTakeOver: (await this.users.getById(userId)).recoveryEmail === null };
  }

  /** Puts a code or link on record that was not right. */
  private async onRecord(subjectId: string | null, caller: Caller, check: () => Promise<ProvenChallenge>): Promise<ProvenChallenge> {
    try {
      return await check();
    } catch (error) {
      if (error instanceof InvalidChallengeError || error instanceof ChallengeExpiredError) {
        await this.audit.record({ action: 'email.verified', outcome: 'failure', subjectId, caller, details: { reason: error.code } });
      }
      throw error;
    }
  }

  private async takeOver(challenge: ProvenChallenge, newPassword: string, caller: Caller): Promise<Account> {
    const owner = await this.users.getById(challenge.userId);
    // Somebody proved another address of the account before: it is not one that a stranger made in the reader's name.
    if (owner.recoveryEmail !== null) throw new ProofRequiredError();
    this.policy.check(newPassword, owner, { field: 'newPassword' });
    const passwordHash = await this.hasher.hash(newPassword); // slow by design: outside the transaction
    const claim = (): Promise<void> => this.markProven(challenge, caller);
    return this.takeover.complete({ challenge, claim, passwordHash, event: 'password.changed', mayBeFirstProof: true }, caller);
  }

  private async confirm(challenge: ProvenChallenge, evidence: Evidence, caller: Caller): Promise<Account> {
    const authorization = await this.gate.authorize(null, 'email', evidence, caller);
    return this.database.transaction(async () => {
      await this.gate.confirm(authorization);
      await this.markProven(challenge, caller);
      return this.users.getById(challenge.userId);
    });
  }

  private async markProven({ userId, address }: ProvenChallenge, caller: Caller): Promise<void> {
    if (!(await this.users.markEmailVerified(userId, address))) throw new InvalidChallengeError();
    await this.audit.record({ action: 'email.verified', outcome: 'success', actorId: userId, subjectId: userId, caller });
  }
}
