import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UserNotFoundError } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { MailedChallenges } from '../../auth/challenges/mailed-challenges.service.js';
import { MobileUnreachableError } from '../../auth/contacts/errors.js';
import { MobileCodes } from '../../auth/contacts/mobile-codes.service.js';

const PURPOSE = 'activate-account';

/**
 * Activating an account by a code in a text message, for wire formats in which an account has to be activated before it can sign
 * in. Activated is a fact of its own: it verifies no number.
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

  /**
   * The account with this number. The answer tells whether somebody has it: no oftener than where that is asked outright.
   * @throws UserNotFoundError, also for what is no number; ThrottledError
   */
  async find(mobile: string, caller: Caller): Promise<Account> {
    await this.throttle.take({ limit: 'availability', of: networkOf(caller.ip) }, caller);
    const account = await this.contacts.findByMobile(mobile);
    if (account === null) throw new UserNotFoundError();
    return account;
  }

  /**
   * Texts a code to the account's number; an earlier one dies. Nothing is sent to an account that is activated or disabled.
   * @throws MobileUnreachableError without a number that can be texted; SmsNotConfiguredError, ThrottledError
   */
  async request(account: Account, caller: Caller): Promise<void> {
    this.codes.demandConfigured();
    const number = this.contacts.textsOf(account);
    if (number === null) throw new MobileUnreachableError();
    if (account.activatedAt !== null || account.disabledAt !== null) return;
    await this.codes.spend(account.id, number, caller);
    await this.database.transaction(async () => {
      await this.codes.issue(PURPOSE, account.id, number);
      await this.audit.record({ action: 'account.activation_requested', outcome: 'success', subjectId: account.id, caller });
    });
  }

  /**
   * Activates the account without any proof, for wire formats in which anyone may. One that is activated stays so.
   * @throws UserNotFoundError when it is disabled or gone
   */
  activateUnproven(id: string, caller: Caller): Promise<Account> {
    return this.database.transaction(async () => {
      if (!(await this.users.activate(id))) throw new UserNotFoundError();
      await this.audit.record({ action: 'account.activated', outcome: 'success', subjectId: id, caller });
      return this.users.getById(id);
    });
  }

  /**
   * Activates the account if the code is right and the number it was sent to is still the account's. An account that is activated
   * stays so.
   * @throws InvalidChallengeError, ChallengeExpiredError, ThrottledError
   */
  activate({ id }: Account, code: string, caller: Caller): Promise<Account> {
    return this.mailed.tryCode(PURPOSE, id, code, caller, async (challenge) =>
      this.database.transaction(async () => {
        // The account's row before the challenge's, as when a password is changed: in another order the two could block each other.
        const { account: now } = await this.contacts.lock(id);
        if (this.contacts.textsOf(now) !== challenge.address || !(await this.users.activate(id))) throw new InvalidChallengeError();
        await this.challenges.consume(challenge);
        await this.audit.record({ action: 'account.activated', outcome: 'success', actorId: id, subjectId: id, caller });
        return this.users.getById(id);
      }),
    );
  }
}
