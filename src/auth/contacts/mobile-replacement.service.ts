import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ChallengeClosing } from '../../tokens/challenges/challenge-closing.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService, type Mobile } from '../../users/contacts.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';

/** What another mobile number brings along, whatever allowed it. */
@Injectable()
export class MobileReplacement {
  constructor(
    private readonly contacts: ContactsService,
    private readonly closing: ChallengeClosing,
    private readonly notices: OwnerNotices,
    private readonly audit: AuditService,
  ) {}

  /**
   * Gives the account the number, not proven; the same number in another spelling stays as it is. Belongs into the transaction that
   * confirmed the change.
   * @throws MobileTakenError, also when two requests race; UserNotFoundError
   */
  async replace(change: ConfirmedChange<'mobile' | 'identifiers'>, wanted: Mobile, caller: Caller): Promise<Account> {
    const { account, actorId } = change;
    const changed = await this.contacts.changeMobile(change, wanted);
    if (account.mobile === null || this.contacts.readMobile(account.mobile).key !== wanted.key) {
      await this.settle(account, { action: 'mobile.changed', set: wanted.key }, caller, actorId);
    }
    return changed;
  }

  /**
   * Closes the code for the former number, tells the owner, and puts the act on record; joins the caller's transaction.
   * @param before the account as it was
   * @param set the number that it has now, E.164 or bare digits; null for none
   */
  async settle(
    before: Account,
    { action, set }: { action: 'mobile.changed' | 'mobile.removed'; set: string | null },
    caller: Caller,
    actorId: string | null = before.id,
  ): Promise<void> {
    await this.closing.close(before.id, 'confirm-mobile');
    const { mobile: former } = before;
    if (former !== null) await this.notices.send('mobile-changed', before, caller, { undo: { of: 'mobile', former, set } });
    await this.audit.record({ action, outcome: 'success', actorId, subjectId: before.id, caller });
  }
}
