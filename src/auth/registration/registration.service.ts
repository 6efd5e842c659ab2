import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import { type Conclude, conclude } from '../../idempotency/conclude.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import type { Account, NewAccount } from '../../users/account.js';
import { EmailTakenError, MobileTakenError, isAccountGone } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { EmailVerificationMails } from '../contacts/email-verification-mails.service.js';
import { MailBudget } from '../challenges/mail-budget.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import type { PasswordPolicyName } from '../passwords/password-policy.service.js';

/** What somebody registers with. */
export interface Registration extends Omit<NewAccount, 'passwordHash' | 'roles'> {
  password: string;
  /** Where the page behind the confirmation link leads back to, checked by `ReturnUrls`. */
  returnTo?: string | null | undefined;
}

/**
 * Step of the answer times of registrations that must not tell whether an address is known, ms; counted from when the password is
 * hashed, and well above what storing an account or queueing a mail costs.
 */
const ANSWER_STEP_MS = 100;

/** Creating accounts. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersService,
    private readonly verification: EmailVerificationMails,
    private readonly newPasswords: NewPasswords,
    private readonly throttle: ThrottleService,
    private readonly budget: MailBudget,
    private readonly notices: OwnerNotices,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates an unverified account and queues its confirmation mail: both or neither. Never touches an account that exists.
   * @throws InvalidRequestError, EmailTakenError, UsernameTakenError, MobileTakenError, also when requests race; ThrottledError, BusyError
   */
  async register(
    input: Registration,
    caller: Caller,
    policy: PasswordPolicyName = 'core',
    concluding: Conclude<Account> = conclude,
  ): Promise<Account> {
    const passwordHash = await this.admit(input, caller, policy);
    return this.store(input, passwordHash, caller, concluding);
  }

  /**
   * The same for servers that tell nobody who is registered: what comes back, and when, does not depend on it. The owner of a known
   * address gets a mail about it.
   *
   * One address and nothing else that is unique: whether a username was taken by the attempt, or a second address is mailed, would
   * tell whether the first was known.
   * @throws InvalidRequestError, ThrottledError, BusyError
   */
  async registerPrivately(
    input: Registration,
    caller: Caller,
    concluding: <T>(act: () => Promise<T>) => Promise<T> = conclude,
  ): Promise<void> {
    if (input.username != null) throw InvalidRequestError.field('username', 'username.later', 'Choose a username after signing in.');
    if (input.email != null && input.mobile != null) {
      throw InvalidRequestError.field('mobile', 'mobile.later', 'Register with an e-mail address or a mobile number, not both.');
    }
    const passwordHash = await this.admit(input, caller, 'core');
    await atSteadyTime(ANSWER_STEP_MS, async () => {
      try {
        await this.store(input, passwordHash, caller, concluding);
      } catch (error) {
        if (error instanceof EmailTakenError && input.email != null) await this.tellOwner(input.email, caller);
        else if (!(error instanceof MobileTakenError)) throw error;
        await concluding(async () => {});
      }
    });
  }

  /** What is checked before anybody looks who is registered. @returns the hash of the password */
  private async admit({ password, ...input }: Registration, caller: Caller, policy: PasswordPolicyName): Promise<string> {
    if (input.email == null && input.mobile == null && policy === 'core') {
      throw InvalidRequestError.field('email', 'identifier.missing', 'Give an e-mail address, a mobile number, or both.');
    }
    await this.throttle.take({ limit: 'register', of: networkOf(caller.ip) }, caller);
    return this.newPasswords.hash(password, input, { policy });
  }

  /** Account, challenge, mail and event in one statement. */
  private async store(input: Registration, passwordHash: string, caller: Caller, concluding: Conclude<Account>): Promise<Account> {
    const draft = this.users.draft({ ...input, passwordHash });
    const { id, email } = draft;
    const mailed = email !== null && (await this.budget.spend(email)) ? email : null;
    try {
      return await concluding(() =>
        this.users.insert(draft, (created) => [
          ...(mailed === null ? [] : this.verification.confirmation(draft, mailed, input.returnTo ?? null, created)),
          ...this.audit.recording({ action: 'account.registered', outcome: 'success', actorId: id, subjectId: id, caller }, created),
        ]),
      );
    } catch (error) {
      if (mailed !== null) await this.budget.giveBack(mailed);
      throw error;
    }
  }

  private async tellOwner(email: string, caller: Caller): Promise<void> {
    const owner = await this.users.findByEmail(email);
    if (owner === null || owner.email === null || owner.disabledAt !== null || !(await this.budget.spend(owner.email))) return;
    try {
      await this.database.transaction(async () => {
        await this.notices.sendAlreadyRegistered(owner);
        const details = { reason: 'user.email_taken' };
        await this.audit.record({ action: 'account.registered', outcome: 'failure', subjectId: owner.id, caller, details });
      });
    } catch (error) {
      if (!isAccountGone(error)) throw error;
    }
  }
}
