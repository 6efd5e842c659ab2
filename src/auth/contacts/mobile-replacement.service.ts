import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import type { Account } from '../../users/account.js';
import { ContactsService, type Mobile } from '../../users/contacts.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';

/** What another mobile number brings along, whatever allowed it. */
@Injectable()
export class MobileReplacement {
  constructor(
    private readonly contacts: ContactsService,
    private readonly challenges: ChallengesService,
    private readonly notices: OwnerNotices,
    private readonly audit: AuditService,
  ) {}

  /**
   * Gives the account the number, not proven; the same number in another spelling stays as it is. To be called in a transaction that
   * has locked the account.
   * @param account as it was when it was locked
   * @param actorId who does it, if not the account's owner
   * @throws MobileTakenError, also when two requests race; UserNotFoundError
   */
  async replace(account: Account, wanted: Mobile, caller: Caller, actorId = account.id): Promise<Account> {
    const changed = await this.contacts.changeMobile(account.id, wanted);
    if (account.mobile === null || this.contacts.readMobile(account.mobile).key !== wanted.key) {
      await this.settle(account, 'mobile.changed', caller, actorId);
    }
    return changed;
  }

  /**
   * Closes the code for the former number, tells the owner, and puts the act on record; joins the caller's transaction.
   * @param before the account as it was
   */
  async settle(before: Account, action: 'mobile.changed' | 'mobile.removed', caller: Caller, actorId = before.id): Promise<void> {
    await this.challenges.close(before.id, 'confirm-mobile');
    if (before.mobile !== null) await this.notices.send('mobile-changed', before, caller);
    await this.audit.record({ action, outcome: 'success', actorId, subjectId: before.id, caller });
  }
}
