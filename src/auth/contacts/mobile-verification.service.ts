import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { CredentialChange } from '../passwords/credential-change.service.js';
import { MobileReplacement } from './mobile-replacement.service.js';

const PURPOSE = 'confirm-mobile';

/** Proving that an account's mobile number is its owner's, by a code in a text message. */
@Injectable()
export class MobileVerificationService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly mailed: MailedChallenges,
    private readonly gate: CredentialChange,
    private readonly replacement: MobileReplacement,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Proves the number that the code was sent to. Where it is not the account's yet, it is from then on.
   * @throws InvalidChallengeError, ChallengeExpiredError, MobileTakenError, ThrottledError
   */
  confirm(userId: string, code: string, caller: Caller): Promise<Account> {
    return this.mailed.tryCode(PURPOSE, userId, code, caller, async (challenge) => {
      const authorization = await this.gate.authorize(null, 'mobile', { challenge }, caller);
      return this.database.transaction(async () => {
        const change = await this.gate.confirm(authorization);
        const { account } = change;
        const isNew = this.contacts.textsOf(account) !== challenge.address;
        if (!(await this.contacts.proveMobile(change, challenge.address))) throw new InvalidChallengeError();
        if (isNew) await this.replacement.settle(account, 'mobile.changed', caller);
        await this.audit.record({ action: 'mobile.verified', outcome: 'success', actorId: userId, subjectId: userId, caller });
        return this.users.getById(userId);
      });
    });
  }
}
