import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import type { Identifier } from '../../users/identifiers.js';
import { UsersService } from '../../users/users.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';

/** The mail to an address that somebody wants for their account. */
@Injectable()
export class EmailChangeProposals {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly mailed: MailedChallenges,
    private readonly notices: OwnerNotices,
  ) {}

  /** Sends the code and the link; or, where somebody has the address, tells its owner. Joins the caller's transaction. */
  async send(account: Account, wanted: Identifier, returnTo: string | null, triedBy: Caller): Promise<void> {
    const isFree = await this.contacts.isEmailFreeFor(account.id, wanted);
    // Made in both cases: whether an earlier code still works would tell which it was.
    await this.mailed.send('confirm-new-email', account, wanted.stored, { returnTo, delivered: isFree, triedBy });
    if (isFree) return;
    const owner = await this.users.findByEmail(wanted.stored);
    if (owner !== null) await this.notices.sendAlreadyRegistered(owner);
  }
}
