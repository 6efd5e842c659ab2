import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../audit/audit.service.js';
import type { Caller } from '../../../common/caller.js';
import { DatabaseService } from '../../../database/database.service.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import { ChallengesService } from '../../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../../tokens/challenges/errors.js';
import type { Account } from '../../../users/account.js';
import { ContactsService } from '../../../users/contacts.service.js';
import { UserNotFoundError } from '../../../users/errors.js';
import { UsersService } from '../../../users/users.service.js';
import { MailedChallenges } from '../../../auth/challenges/mailed-challenges.service.js';
import { MobileUnreachableError } from '../../../auth/contacts/errors.js';
import { MobileCodes } from '../../../auth/challenges/mobile-codes.service.js';

const PURPOSE = 'activate-account';

/**
 * Activates accounts with a code in a text message, for contracts that require activation before sign-in. Activation is independent of
 * verification: the number stays unverified.
 */
@Injectable()
export class MobileActivationService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly codes: MobileCodes,
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /** Whether this server can text the code that an activation takes. */
  get sendsCodes(): boolean {
    return this.codes.areSent;
  }

  /**
   * The account with this number. The answer reveals whether an account has it, so the same rate limit applies as where clients ask for
   * this directly.
   * @throws UserNotFoundError, also for an invalid number; ThrottledError
   */
  async find(mobile: string, caller: Caller): Promise<Account> {
    await this.throttle.takeFrom('availability', caller);
    const account = await this.contacts.findByMobile(mobile);
    if (account === null) throw new UserNotFoundError();
    return account;
  }

  /**
   * Texts a code to the account's number: one that is fresh once more, for anyone can ask, or a new one. Sends nothing to an account that is
   * activated or disabled.
   * @throws MobileUnreachableError without a number that can be texted; SmsNotConfiguredError, ThrottledError
   */
  async request(account: Account, caller: Caller): Promise<void> {
    this.codes.demandConfigured();
    const number = this.contacts.textsOf(account);
    if (number === null) throw new MobileUnreachableError();
    if (account.activatedAt !== null || account.disabledAt !== null) return;
    const { refusal } = await this.codes.plan(PURPOSE, account.id, number, { isProven: false, caller });
    if (refusal !== null) throw refusal;
    await this.database.transaction(async () => {
      await this.codes.issueAgain(PURPOSE, account.id, number, caller);
      await this.audit.record({ action: 'account.activation_requested', outcome: 'success', subjectId: account.id, caller });
    });
  }

  /**
   * Activates the account without any proof, for contracts in which anyone may do so. An activated account stays activated.
   * @throws UserNotFoundError if the account is disabled or deleted
   */
  activateUnproven(id: string, caller: Caller): Promise<Account> {
    return this.database.transaction(async () => {
      if (!(await this.users.activate(id))) throw new UserNotFoundError();
      await this.audit.record({ action: 'account.activated', outcome: 'success', subjectId: id, caller });
      return this.users.getById(id);
    });
  }

  /**
   * Activates the account if the code is correct and the account still has the number that the code was sent to. An activated account stays
   * activated.
   * @throws InvalidChallengeError, ChallengeExpiredError, ThrottledError
   */
  activate({ id }: Account, code: string, caller: Caller): Promise<Account> {
    return this.mailed.tryCode(PURPOSE, id, code, caller, async (challenge) =>
      this.database.transaction(async () => {
        // Locks the account's row before the challenge's, in the same order as a change of the password: otherwise the two could deadlock.
        const { account: now } = await this.contacts.lock(id);
        if (this.contacts.textsOf(now) !== challenge.address || !(await this.users.activate(id))) throw new InvalidChallengeError();
        await this.challenges.consume(challenge);
        await this.audit.record({ action: 'account.activated', outcome: 'success', actorId: id, subjectId: id, caller });
        return this.users.getById(id);
      }),
    );
  }
}
