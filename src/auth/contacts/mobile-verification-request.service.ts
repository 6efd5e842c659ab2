import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { MobileUnreachableError } from './errors.js';
import { MobileCodes } from '../challenges/mobile-codes.service.js';

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
    if (number === null || !this.codes.reaches(number)) throw new MobileUnreachableError();
    // A number that only its reader has proven is still to be proven by the owner of the account.
    if (account.mobileVerifiedAt !== null && !(await this.contacts.isMobileOnlyClaimed(userId))) return;
    // Others may have registered with the number or set it, too: then only one of the accounts has more than the number's share.
    const isOnly = (await this.contacts.findByMobile(number))?.id === userId;
    const { refusal } = await this.codes.plan('confirm-mobile', userId, number, { isProven: false, byOwner: true, isOnly, caller });
    if (refusal !== null) throw refusal;
    await this.database.transaction(async () => {
      // Locked: the number may change at the same time, and then the code would be for the former one.
      const { account: now } = await this.contacts.lock(userId);
      if (this.contacts.textsOf(now) !== number) return;
      await this.codes.issue('confirm-mobile', userId, number, { triedBy: caller });
      await this.audit.record({ action: 'mobile.verification_requested', outcome: 'success', actorId: userId, subjectId: userId, caller });
    });
  }
}
