import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { MobileUnreachableError } from './errors.js';
import { MobileCodes } from './mobile-codes.service.js';

/** Asking for a code that proves a mobile number. */
@Injectable()
export class MobileVerificationRequestService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly codes: MobileCodes,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Texts a code to the account's number; an earlier one dies. Nothing is sent where the number is proven already.
   * @throws MobileUnreachableError without a number that can be texted; SmsNotConfiguredError, ThrottledError
   */
  async request(userId: string, caller: Caller): Promise<void> {
    this.codes.demandConfigured();
    const account = await this.users.getById(userId);
    const number = this.contacts.textsOf(account);
    if (number === null) throw new MobileUnreachableError();
    if (account.mobileVerifiedAt !== null) return;
    await this.codes.spend(userId, number, caller);
    await this.database.transaction(async () => {
      // Locked: the number may change at the same time, and then the code would be for the former one.
      const { account: now } = await this.contacts.lock(userId);
      if (this.contacts.textsOf(now) !== number) return;
      await this.codes.issue('confirm-mobile', userId, number);
      await this.audit.record({ action: 'mobile.verification_requested', outcome: 'success', actorId: userId, subjectId: userId, caller });
    });
  }
}
