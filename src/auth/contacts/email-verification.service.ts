import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Principal } from '../../common/principal.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { ProofRequiredError } from '../passwords/errors.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { type PasswordPolicyName, policyOf } from '../passwords/password-policy.service.js';
import { EmailConfirmation, NEW_PASSWORD_RULES } from './email-confirmation.service.js';
import { proofBy } from './mobile-verification.service.js';
import { RegistrationTickets } from './registration-tickets.js';

const PURPOSE = 'confirm-email';

/** How the reader of a code or link shows that the account is theirs and not a stranger's who typed their address. */
export interface Ownership {
  /** The ticket that the registration was answered with. */
  ticket?: string | undefined;
  /** The password of the account. */
  password?: string | undefined;
  /**
   * A new one: ends everything from before, that is the old password, every session, open codes and links, ways back, and the mobile
   * number. Not where another address of the account was proven before.
   */
  newPassword?: string | undefined;
  /** A live session of the account. */
  session?: Principal | undefined;
}

/** Proving that an account's e-mail address is read by its owner. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
    private readonly confirmation: EmailConfirmation,
    private readonly newPasswords: NewPasswords,
    private readonly tickets: RegistrationTickets,
  ) {}

  /**
   * Confirms by the code. Its reader may be somebody whose address a stranger registered, so it takes the ticket of the registration,
   * the account's password, a session of it, or a new password that puts an end to everything from before.
   * @param email the address; without one the ticket names the account
   * @throws InvalidChallengeError (also for an unknown address), ChallengeExpiredError, ProofRequiredError (the code stays good),
   *   BadCredentialsError, InvalidRequestError, ThrottledError, BusyError
   */
  async confirmByCode(email: string | undefined, code: string, ownership: Ownership, caller: Caller): Promise<Account> {
    const { newPassword } = ownership;
    if (newPassword !== undefined) this.newPasswords.check(newPassword, NEW_PASSWORD_RULES);
    const challenge = await this.tryCode(() => this.findFor(email, ownership), code, caller);
    return this.settle(challenge, ownership, caller);
  }

  /**
   * Confirms by the link. It takes the same as the code, for the same reason.
   * @throws InvalidChallengeError, ChallengeExpiredError, ProofRequiredError, BadCredentialsError, InvalidRequestError, ThrottledError
   */
  async confirmByLink(token: string, ownership: Ownership, caller: Caller): Promise<Account> {
    return this.settle(await this.openLink(token, caller), ownership, caller);
  }

  /**
   * The same for the page behind the link, which takes a new password by the policy of the API through which the link was asked for.
   * @throws as `confirmByLink`
   */
  async confirmOnPage(token: string, ownership: Ownership, caller: Caller): Promise<Account> {
    const challenge = await this.openLink(token, caller);
    return this.settle(challenge, ownership, caller, policyOf(challenge.clientId));
  }

  /**
   * Confirms by the code alone, for a wire format that has no field for anything else; see `EmailConfirmation.confirmAlone`.
   * @param identifier whatever the account signs in with
   * @throws InvalidChallengeError (also for an unknown identifier), ChallengeExpiredError, ThrottledError
   */
  async confirmByCodeAlone(identifier: string, code: string, caller: Caller): Promise<Account> {
    const challenge = await this.tryCode(() => this.users.findByIdentifier(identifier), code, caller);
    const record = { caller, subjectId: challenge.userId };
    return this.mailed.onRecord(PURPOSE, record, () => this.confirmation.confirmAlone(challenge, caller));
  }

  /**
   * What a link is about, for the page that it opens, whether a new password would do, and how long it has to be. Consumes nothing: mail
   * scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspectLink(token: string): Promise<{ address: string; canTakeOver: boolean; minPasswordLength: number }> {
    const { address, userId, clientId } = await this.challenges.checkLink(PURPOSE, token);
    const account = await this.users.findById(userId);
    if (account === null) throw new InvalidChallengeError();
    const minPasswordLength = this.newPasswords.minLength(account, { policy: policyOf(clientId) });
    return { address, canTakeOver: !(await this.contacts.isEmailOnlyClaimed(userId)), minPasswordLength };
  }

  private openLink(token: string, caller: Caller): Promise<ProvenChallenge> {
    return this.mailed.tryLink(PURPOSE, token, caller, async (proven) => proven);
  }

  private async tryCode(find: () => Promise<Account | null>, code: string, caller: Caller): Promise<ProvenChallenge> {
    await this.mailed.admitAttempt(caller);
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      const account = await find();
      return this.mailed.onRecord(PURPOSE, { caller, subjectId: account?.id ?? null }, async () => {
        if (account === null) throw new InvalidChallengeError();
        return this.mailed.checkCode(PURPOSE, account.id, code, caller);
      });
    });
  }

  private async findFor(email: string | undefined, { ticket = '' }: Ownership): Promise<Account | null> {
    if (email !== undefined) return this.users.findByEmail(email);
    const id = this.tickets.accountOf(ticket);
    return id === null ? null : this.users.findById(id);
  }

  private async settle(
    challenge: ProvenChallenge,
    ownership: Ownership,
    caller: Caller,
    policy: PasswordPolicyName = 'core',
  ): Promise<Account> {
    const { ticket, password, newPassword, session } = ownership;
    await this.mailed.onRecord(PURPOSE, { caller, subjectId: challenge.userId }, () => this.demandStanding(challenge));
    if (newPassword !== undefined) return this.confirmation.takeOver(challenge, { newPassword, policy }, caller);
    if (password !== undefined) return this.confirmation.confirm(challenge, { password, challenge }, 'by-owner', caller);
    if (this.tickets.proves(ticket, challenge)) return this.confirmation.confirm(challenge, { challenge }, 'by-owner', caller);
    if (session?.userId !== challenge.userId) throw new ProofRequiredError();
    return this.confirmation.confirm(challenge, { challenge }, proofBy(session), caller);
  }

  /** Before anything else is asked for: no proof makes a code or link of a disabled account good. */
  private async demandStanding({ userId }: ProvenChallenge): Promise<void> {
    const account = await this.users.findById(userId);
    if (account === null || account.disabledAt !== null) throw new InvalidChallengeError();
  }
}
