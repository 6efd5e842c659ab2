import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';

/** Lifetime of a reset code and link, seconds. */
export const PASSWORD_RESET_TTL_SECONDS = 30 * 60;

/** Putting an end to a password that is somebody else's, or may be. */
@Injectable()
export class ForcedResetService {
  constructor(
    private readonly contacts: ContactsService,
    private readonly sessions: SessionsService,
    private readonly challenges: ChallengesService,
    private readonly outbox: OutboxService,
  ) {}

  /**
   * The old password opens nothing any more, all sessions end, every open code and link dies, and a mail to choose a new password
   * goes to `recipient`; none, if the account is disabled. Joins the caller's transaction.
   * @param actorId who does it, if not the account's owner
   */
  async demand(
    change: ConfirmedChange<'password' | 'takeover'>,
    account: Account,
    recipient: string,
    reason: 'by-admin' | 'email-change-undone',
    by: { caller?: Caller | undefined; actorId?: string },
  ): Promise<void> {
    const { id: userId, locale, firstName } = account;
    await this.contacts.lockPassword(change);
    await this.sessions.endAll(userId, reason, by);
    await this.challenges.closeAll(userId);
    if (account.disabledAt !== null) return;
    const purpose = 'reset-password';
    const { id: challengeId, expiresAt } = await this.challenges.issue({
      userId,
      purpose,
      address: recipient,
      ttlSeconds: PASSWORD_RESET_TTL_SECONDS,
    });
    await this.outbox.enqueue({ kind: purpose, recipient, userId, locale, params: { firstName }, challengeId, expiresAt });
  }
}
