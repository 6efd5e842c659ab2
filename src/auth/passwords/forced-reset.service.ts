import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { ChallengeClosing } from '../../tokens/challenges/challenge-closing.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';

/** Putting an end to a password that is somebody else's, or may be, and to what was opened with it. */
@Injectable()
export class ForcedResetService {
  constructor(
    private readonly contacts: ContactsService,
    private readonly sessions: SessionsService,
    private readonly closing: ChallengeClosing,
    private readonly mailed: MailedChallenges,
  ) {}

  /**
   * The old password opens nothing any more, all sessions end, every open code and link dies, and a mail to choose a new password
   * goes to `recipient`; none, if the account is disabled. Joins the caller's transaction.
   * @param recipient null where nobody is to choose one
   * @param actorId who does it, if not the account's owner
   */
  async demand(
    change: ConfirmedChange<'password' | 'takeover'>,
    account: Account,
    recipient: string | null,
    reason: 'by-admin' | 'email-change-undone' | 'disavowed',
    by: { caller?: Caller | undefined; actorId?: string },
  ): Promise<void> {
    await this.contacts.lockPassword(change);
    await this.endAccess(account, reason, by);
    if (recipient !== null && account.disabledAt === null) await this.mailed.send('reset-password', account, recipient, { triedBy: null });
  }

  /** All sessions end, every open code and link dies; the password stays. Joins the caller's transaction. */
  async endAccess(
    { id }: Account,
    reason: 'by-admin' | 'email-change-undone' | 'disavowed',
    by: { caller?: Caller | undefined; actorId?: string },
  ): Promise<void> {
    await this.sessions.endAll(id, reason, by);
    await this.closing.closeAll(id);
  }

  /** The account has no password any more; all sessions end, every open code and link dies. Joins the caller's transaction. */
  async remove(change: ConfirmedChange<'takeover'>, account: Account, caller: Caller): Promise<void> {
    await this.contacts.removePassword(change);
    await this.sessions.endAll(account.id, 'first-proof', { caller });
    await this.closing.closeAll(account.id);
  }

  /**
   * The password stays; all sessions end, every open code and link dies, and a mail to `recipient` says that the address is confirmed and
   * offers to choose another password. Joins the caller's transaction.
   */
  async offer(account: Account, recipient: string, caller: Caller): Promise<void> {
    await this.sessions.endAll(account.id, 'first-proof', { caller });
    await this.closing.closeAll(account.id);
    await this.mailed.send('reset-password', account, recipient, { mail: 'first-proof', askedBy: caller, triedBy: caller });
  }
}
