import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { CORE_CLIENT_ID } from '../../common/principal.js';
import { atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import { type Conclude, conclude } from '../../idempotency/conclude.js';
import type { Account, NewAccount } from '../../users/account.js';
import type { Admission } from '../../users/admission.js';
import { EmailTakenError, MobileTakenError } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { negotiate } from '../../languages/locales.js';
import { EmailVerificationMails } from '../contacts/email-verification-mails.service.js';
import { TakenContacts } from '../contacts/taken-contacts.service.js';
import { MailBudget } from '../challenges/mail-budget.service.js';
import { RegistrationAdmission } from './registration-admission.service.js';
import { demandOneContact } from './registration-rules.js';

/** What somebody registers with. */
export interface Registration extends Omit<NewAccount, 'passwordHash' | 'roles'> {
  password: string;
  /** Where the page behind the confirmation link leads back to, checked by `ReturnUrls`. */
  returnTo?: string | null | undefined;
}

/** What comes of a registration with an address or number that an account has already. */
export interface TakenBy {
  /** The account that registered with it and has not proven it; null for one that is not to be claimed. */
  takenBy: string | null;
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
    private readonly admissions: RegistrationAdmission,
    private readonly budget: MailBudget,
    private readonly taken: TakenContacts,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates an unverified account and queues its confirmation mail: both or neither. Never touches an account that exists.
   * @param clientId `CORE_CLIENT_ID`, or the contract through which somebody registers: it decides about the password, here and on the page
   *   behind the confirmation link
   * @throws RegistrationClosedError, DomainNotAllowedError; InvalidRequestError, EmailTakenError, UsernameTakenError, MobileTakenError, also
   *   when requests race; EmailUnprovenError, MobileUnprovenError after a code went out by which the owner can claim what is taken;
   *   ThrottledError, BusyError, HookDeniedError, HookUnavailableError
   */
  async register(
    input: Registration,
    caller: Caller,
    clientId: string = CORE_CLIENT_ID,
    concluding: Conclude<Account> = conclude,
  ): Promise<Account> {
    const admitted = await this.admissions.admit(input, caller, clientId);
    try {
      return await this.store({ ...input, clientId }, admitted, caller, concluding);
    } catch (error) {
      throw await this.taken.answerTo(error, { ...input, clientId }, caller);
    }
  }

  /**
   * The same for servers that tell nobody who is registered: what comes back, and when, does not depend on it. The owner of a known
   * address gets a mail about it; where it is not proven, a code (and a link) to claim it.
   * @returns the account, or which one there was already; which of the two must not show
   * @throws RegistrationClosedError, DomainNotAllowedError, InvalidRequestError, ThrottledError, BusyError, HookDeniedError, HookUnavailableError
   */
  async registerPrivately(
    input: Registration,
    caller: Caller,
    concluding: Conclude<Account | TakenBy> = conclude,
  ): Promise<Account | TakenBy> {
    demandOneContact(input);
    const admitted = await this.admissions.admit(input, caller, CORE_CLIENT_ID);
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      try {
        return await this.store(input, admitted, caller, concluding);
      } catch (failure) {
        const error = await this.taken.answerTo(failure, input, caller);
        if (!(error instanceof EmailTakenError || error instanceof MobileTakenError)) throw error;
        if (error.code === 'user.email_taken' && input.email != null) await this.taken.tellOwner(input.email, caller);
        const takenBy = await this.taken.unprovenHolderOf(input);
        return concluding(async () => ({ takenBy }));
      }
    });
  }

  /** Account, challenge, mail and event: all of it or nothing. */
  private async store<Result extends Account | TakenBy>(
    { returnTo, clientId, ...input }: Registration & { clientId?: string },
    { admission, passwordHash }: { admission: Admission; passwordHash: string },
    caller: Caller,
    concluding: Conclude<Account | Result>,
  ): Promise<Account | Result> {
    const draft = this.users.draft({ ...input, locale: input.locale ?? negotiate(caller.acceptLanguage), passwordHash }, admission);
    const { id, email, mobileKey } = draft;
    const number = mobileKey?.startsWith('+') ? mobileKey : null;
    const mailed = email !== null && (await this.budget.spend(email)) ? email : null;
    const parts = (created: string): Part[] => [
      ...(mailed === null ? [] : this.verification.confirmation(draft, mailed, { returnTo, clientId, triedBy: caller }, created)),
      ...this.audit.recording({ action: 'account.registered', outcome: 'success', actorId: id, subjectId: id, caller }, created),
    ];
    // Almost never does a deleted account leave anything: one statement, which refuses if one did.
    const insert = (): Promise<Account> =>
      this.users.insert(draft, (created) => {
        const unleft = this.verification.demandingNoneLeft({ email, number }, created);
        return [unleft, ...parts(unleft.as)];
      });
    const insertAndAdopt = (): Promise<Account> =>
      this.database.transaction(async () => {
        const account = await this.users.insert(draft, parts);
        await this.verification.adopt(id, { email, number }, caller);
        return account;
      });
    try {
      // In a transaction that is open already, no statement may fail.
      if (this.database.inTransaction) return await concluding(insertAndAdopt);
      return await concluding(insert).catch(async (error: unknown) => {
        if (this.verification.isLeft(error) || (await this.taken.givesWay(error, input))) return concluding(insertAndAdopt);
        throw error;
      });
    } catch (error) {
      if (mailed !== null) await this.budget.giveBack(mailed);
      throw error;
    }
  }
}
