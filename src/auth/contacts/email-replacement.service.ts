import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { Catalogue } from '../../common/catalogue.js';
import { ChallengeClosing } from '../../tokens/challenges/challenge-closing.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import type { Identifier } from '../../users/identifiers.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';

const WAY_BACK = 'undo-email-change';

/** What another e-mail address brings along, whatever allowed it. */
@Injectable()
export class EmailReplacement {
  constructor(
    private readonly contacts: ContactsService,
    private readonly closing: ChallengeClosing,
    private readonly mailed: MailedChallenges,
    private readonly notices: OwnerNotices,
    private readonly audit: AuditService,
    private readonly catalogue: Catalogue,
  ) {}

  /**
   * Gives the account the address. Every open code and link is dead, and the former address is told; one that was proven gets a way
   * back, and nobody else can take it while that works. Belongs into the transaction that confirmed the change.
   * @param proven whether the new address is
   * @throws EmailTakenError, also when two requests race; UserNotFoundError, also for a disabled account
   */
  async replace(
    change: ConfirmedChange<'email' | 'identifiers'>,
    email: Identifier,
    { proven, caller }: { proven: boolean; caller: Caller },
  ): Promise<Account> {
    const { account, actorId } = change;
    const holdSeconds = this.catalogue.purposes[WAY_BACK].ttlSeconds;
    const isOwners = account.emailVerifiedAt !== null && !(await this.contacts.isEmailOnlyClaimed(account.id));
    const changed = await this.contacts.changeEmail(change, email, { proven, holdSeconds });
    await this.closing.closeAll(account.id);
    await this.tellFormer(account, isOwners, caller);
    await this.audit.record({ action: 'email.changed', outcome: 'success', actorId, subjectId: account.id, caller, details: { proven } });
    return changed;
  }

  /**
   * A way back is only for an address that was proven, and by its owner: any other may be a stranger's that somebody mistyped, or that a
   * stolen session put there and whose mailbox alone proved it. While there is a recovery address, only that one is the owner's.
   */
  private async tellFormer(account: Account, isOwners: boolean, caller: Caller): Promise<void> {
    if (account.email === null) return;
    if (!isOwners) return this.notices.sendPlain('unproven-email-changed', { ...account, recoveryEmail: null }, caller);
    await this.mailed.send(WAY_BACK, account, account.email, { askedBy: caller, triedBy: null });
  }
}
