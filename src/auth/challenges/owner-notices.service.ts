import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { NoticeKind, PlainMailKind } from '../../common/declared.js';
import { OutboxService } from '../../mail/outbox.service.js';
import type { About } from '../../mail/writing/about.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { askedFrom } from './asked-from.js';
import { MailBudget } from './mail-budget.service.js';
import { type Undoing, toBound } from './noticed-act.js';

/** What a notice has beside its kind. */
interface NoticeTerms {
  /** What the reader takes back by saying "This wasn't me"; null where that only signs everybody out and forces a new password. */
  undo: Undoing | null;
  /** What was added or removed. */
  about?: About;
}

/** Tells owners by mail what happened to their password and to other ways in. */
@Injectable()
export class OwnerNotices {
  constructor(
    private readonly outbox: OutboxService,
    private readonly budget: MailBudget,
    private readonly challenges: ChallengesService,
    private readonly contacts: ContactsService,
  ) {}

  /**
   * Queues a notice to the stored address (or the recovery address, as long as there is one), if there is any; joins the caller's
   * transaction. No flood of other mails keeps it from the owner of a verified address, who gets a link to say "This wasn't me" with it. An
   * address that nobody has proven, or only its reader, may be a stranger's, who gets no such power, and no more mails than from anything else.
   */
  async send(kind: NoticeKind, account: Account, caller: Caller, { undo, about }: NoticeTerms): Promise<void> {
    const recipient = this.recipientOf(account);
    if (recipient === null || !(await this.mayBeTold(account, recipient))) return;
    const { id: userId, firstName, locale } = account;
    const challengeId = await this.linkFor(kind, account, recipient, undo);
    const params = { firstName, ...askedFrom(caller), ...(about === undefined ? {} : { about }) };
    // Without a time after which it is dropped: a notice is worth more than its link.
    await this.outbox.enqueue({ kind, recipient, userId, locale, params, challengeId });
  }

  /** The same for a mail that has no such link, and says in its row why. */
  async sendPlain(kind: PlainMailKind, account: Account, caller: Caller): Promise<void> {
    const recipient = this.recipientOf(account);
    if (recipient === null || !(await this.mayBeTold(account, recipient))) return;
    const { id: userId, firstName, locale } = account;
    await this.outbox.enqueue({ kind, recipient, userId, locale, params: { firstName, ...askedFrom(caller) } });
  }

  /**
   * Tells the owner of an address that somebody wanted it for an account; joins the caller's transaction. Whether the mail may be sent
   * is asked before. An account without an address, or a disabled one, gets none.
   */
  async sendAlreadyRegistered({ id: userId, email: recipient, disabledAt, firstName, locale }: Account): Promise<void> {
    if (recipient === null || disabledAt !== null) return;
    await this.outbox.enqueue({ kind: 'email-already-registered', recipient, userId, locale, params: { firstName } });
  }

  private recipientOf({ email, recoveryEmail, disabledAt }: Account): string | null {
    return disabledAt === null ? (recoveryEmail ?? email) : null;
  }

  private async mayBeTold({ emailVerifiedAt, recoveryEmail }: Account, recipient: string): Promise<boolean> {
    return emailVerifiedAt !== null || recoveryEmail !== null || this.budget.spend(recipient);
  }

  /** A link for an address that was proven, and to which a reset would go: its reader gets no power that a reset does not give, too. */
  private async linkFor(mail: NoticeKind, account: Account, address: string, undo: Undoing | null): Promise<string | null> {
    const isProven = account.emailVerifiedAt !== null || account.recoveryEmail !== null;
    if (!isProven || (await this.contacts.resetAddressOf(account)) !== address) return null;
    const bound = toBound({ mail, undo });
    return (await this.challenges.issue({ userId: account.id, purpose: 'disavow', address, askedFrom: null, bound })).id;
  }
}
