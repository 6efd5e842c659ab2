import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import { type Conclude, conclude } from '../../idempotency/conclude.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { WAY_BACK } from '../../tokens/challenges/challenge-purpose.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { ChallengeExpiredError, InvalidChallengeError } from '../../tokens/challenges/errors.js';
import { describeUserAgent } from '../../tokens/sessions/user-agent.js';
import type { Principal } from '../../common/principal.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import type { Identifier } from '../../users/identifiers.js';
import { UsersService } from '../../users/users.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { ProofRequiredError } from '../passwords/errors.js';
import { MailBudget } from '../challenges/mail-budget.service.js';
import { type Authorization, CredentialChange } from '../passwords/credential-change.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';

/** Lifetime of the code and link that prove a new address, seconds. */
export const NEW_EMAIL_TTL_SECONDS = 30 * 60;

/** How long the former address can take the account back, and nobody else can take that address, seconds. */
export const UNDO_TTL_SECONDS = 7 * 86_400;

const PURPOSE = 'confirm-new-email';

/**
 * How the reader of a link shows that the account is theirs: its password, or a session of it. A stranger who put the reader's
 * address to an account of their own has neither to offer.
 */
export type AccountProof = { password: string } | { userId: string };

/** A new address that was proven, and the leave to take it. */
interface Confirmation {
  challenge: ProvenChallenge;
  authorization: Authorization<'email'>;
}

/** Changing the e-mail address of an account. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly gate: CredentialChange,
    private readonly challenges: ChallengesService,
    private readonly verification: EmailVerificationService,
    private readonly outbox: OutboxService,
    private readonly budget: MailBudget,
    private readonly notices: OwnerNotices,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Mails a code and a link to the new address; nothing changes before one of them is used. The answer, and when it comes, does not
   * tell whether somebody has the address: its owner gets a mail about it instead.
   * @throws BadCredentialsError when the password is wrong (counted like a sign-in) or stopped being the account's meanwhile;
   *   InvalidRequestError, ThrottledError, BusyError
   */
  async request(
    user: Principal,
    { email, currentPassword, returnTo = null }: { email: string; currentPassword: string; returnTo?: string | null },
    caller: Caller,
    concluding: Conclude = conclude,
  ): Promise<void> {
    const wanted = this.contacts.readEmail(email);
    await this.throttle.take({ limit: 'mail-request', of: networkOf(caller.ip) }, caller);
    const authorization = await this.gate.authorize(user, 'email', { password: currentPassword }, caller);
    if (this.hasAlready(authorization.account, wanted)) {
      throw InvalidRequestError.field('email', 'email.unchanged', 'This is the e-mail address of the account already.');
    }
    await atSteadyTime(ANSWER_STEP_MS, async () => {
      const send = await this.budget.spend(wanted.stored);
      await concluding(() =>
        this.database.transaction(async () => {
          const { account, actorId } = await this.gate.confirm(authorization);
          if (send) await this.propose(account, wanted, returnTo);
          await this.audit.record({ action: 'email.change_requested', outcome: 'success', actorId, subjectId: account.id, caller });
        }),
      );
    });
  }

  /**
   * Changes the address by the code, typed by somebody who is signed in to the account.
   * @throws InvalidChallengeError, ChallengeExpiredError, EmailTakenError, ThrottledError
   */
  confirmByCode(userId: string, code: string, caller: Caller): Promise<Account> {
    return this.confirm(userId, caller, async () => {
      const challenge = await this.challenges.checkCode(PURPOSE, userId, code);
      return { challenge, authorization: await this.gate.authorize(null, 'email', { challenge }, caller) };
    });
  }

  /**
   * Changes the address by the link.
   * @throws InvalidChallengeError, also when the session is of another account; ChallengeExpiredError, ProofRequiredError,
   *   BadCredentialsError, EmailTakenError, ThrottledError, BusyError
   */
  confirmByLink(token: string, proof: AccountProof | null, caller: Caller): Promise<Account> {
    return this.confirm(null, caller, async () => {
      const challenge = await this.challenges.checkLink(PURPOSE, token);
      if (proof === null) throw new ProofRequiredError();
      if ('userId' in proof && proof.userId !== challenge.userId) throw new InvalidChallengeError();
      const evidence = 'password' in proof ? { password: proof.password, challenge } : { challenge };
      return { challenge, authorization: await this.gate.authorize(null, 'email', evidence, caller) };
    });
  }

  /**
   * What a link is about, for the page that it opens. Consumes nothing: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspectLink(token: string): Promise<{ address: string }> {
    const { address } = await this.challenges.checkLink(PURPOSE, token);
    return { address };
  }

  /**
   * Changes the address without a password and before it is proven, for wire formats that promise so. A former address that was
   * proven gets a notice with a way back and stays the recovery address until the new one is proven; a confirmation mail goes to
   * the new one.
   * @throws InvalidRequestError, EmailTakenError (also when two requests race), UserNotFoundError
   */
  changeAtOnce(authorization: Authorization<'email'>, email: string, caller: Caller): Promise<Account> {
    const wanted = this.contacts.readEmail(email);
    return this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      if (this.hasAlready(change.account, wanted)) return change.account;
      const changed = await this.replace(change, wanted, false, caller);
      await this.verification.send(changed);
      return changed;
    });
  }

  private hasAlready({ email }: Account, { key }: Identifier): boolean {
    return email !== null && this.contacts.readEmail(email).key === key;
  }

  private async propose(account: Account, { stored: address, key }: Identifier, returnTo: string | null): Promise<void> {
    const { id: userId, locale, firstName } = account;
    const isFree = await this.contacts.isEmailFreeFor(userId, { stored: address, key });
    // Made in both cases: whether an earlier code still works would tell which it was.
    const { id: challengeId, expiresAt } = await this.challenges.issue({
      userId,
      purpose: PURPOSE,
      address,
      ttlSeconds: NEW_EMAIL_TTL_SECONDS,
      returnTo,
    });
    if (isFree) {
      await this.outbox.enqueue({ kind: PURPOSE, recipient: address, userId, locale, params: { firstName }, challengeId, expiresAt });
      return;
    }
    const owner = await this.users.findByEmail(address);
    if (owner === null || owner.email === null || owner.disabledAt !== null) return;
    await this.outbox.enqueue({
      kind: 'email-already-registered',
      recipient: owner.email,
      userId: owner.id,
      locale: owner.locale,
      params: { firstName: owner.firstName },
    });
  }

  private async confirm(subjectId: string | null, caller: Caller, check: () => Promise<Confirmation>): Promise<Account> {
    await this.throttle.take({ limit: 'code-network', of: networkOf(caller.ip) }, caller);
    try {
      const { challenge, authorization } = await check();
      const email = this.contacts.readEmail(challenge.address);
      return await this.database.transaction(async () => this.replace(await this.gate.confirm(authorization), email, true, caller));
    } catch (error) {
      if (error instanceof InvalidChallengeError || error instanceof ChallengeExpiredError) {
        await this.audit.record({ action: 'email.changed', outcome: 'failure', subjectId, caller, details: { reason: error.code } });
      }
      throw error;
    }
  }

  /** What a change of the address brings along: every open code and link is dead, and the former address is told. */
  private async replace(change: ConfirmedChange<'email'>, email: Identifier, proven: boolean, caller: Caller): Promise<Account> {
    const { account, actorId } = change;
    const changed = await this.contacts.changeEmail(change, email, { proven, holdSeconds: UNDO_TTL_SECONDS });
    await this.challenges.closeAll(account.id);
    await this.tellFormer(account, caller);
    await this.audit.record({ action: 'email.changed', outcome: 'success', actorId, subjectId: account.id, caller, details: { proven } });
    return changed;
  }

  /** A way back is only for an address that was proven: any other may be a stranger's that somebody mistyped. */
  private async tellFormer(account: Account, caller: Caller): Promise<void> {
    const { id: userId, email: recipient, locale, firstName } = account;
    if (recipient === null) return;
    if (account.emailVerifiedAt === null) return this.notices.send('unproven-email-changed', { ...account, recoveryEmail: null }, caller);
    const { id: challengeId, expiresAt } = await this.challenges.issue({
      userId,
      purpose: WAY_BACK,
      address: recipient,
      ttlSeconds: UNDO_TTL_SECONDS,
    });
    const device = caller.userAgent === null ? null : describeUserAgent(caller.userAgent);
    const params = { firstName, device, ip: caller.ip };
    await this.outbox.enqueue({ kind: 'email-changed', recipient, userId, locale, params, challengeId, expiresAt });
  }
}
