import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { Catalogue } from '../../common/catalogue.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import type { Account } from '../../users/account.js';
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
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
    private readonly notices: OwnerNotices,
    private readonly audit: AuditService,
    private readonly catalogue: Catalogue,
  ) {}

  /**
   * Gives the account the address. Every open code and link is dead, and the former address is told; one that was proven gets a way
   * back, and nobody else can take it while that works. To be called in a transaction that has locked the account.
   * @param account as it was when it was locked
   * @param actorId who does it, if not the account's owner
   * @throws EmailTakenError, also when two requests race; UserNotFoundError, also for a disabled account
   */
  async replace(
    account: Account,
    email: Identifier,
    { proven, caller, actorId = account.id }: { proven: boolean; caller: Caller; actorId?: string },
  ): Promise<Account> {
    const holdSeconds = this.catalogue.purposes[WAY_BACK].ttlSeconds;
    const changed = await this.contacts.changeEmail(account.id, email, { proven, holdSeconds });
    await this.challenges.closeAll(account.id);
    await this.tellFormer(account, caller);
    await this.audit.record({ action: 'email.changed', outcome: 'success', actorId, subjectId: account.id, caller, details: { proven } });
    return changed;
  }

  /** A way back is only for an address that was proven: any other may be a stranger's that somebody mistyped. */
  private async tellFormer(account: Account, caller: Caller): Promise<void> {
    if (account.email === null) return;
    if (account.emailVerifiedAt === null) return this.notices.send('unproven-email-changed', { ...account, recoveryEmail: null }, caller);
    await this.mailed.send(WAY_BACK, account, account.email, { askedBy: caller });
  }
}
