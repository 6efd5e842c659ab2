import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { EmailTakenError, EmailUnprovenError, MobileTakenError, MobileUnprovenError, isAccountGone } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { MailBudget } from '../challenges/mail-budget.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';
import { EmailVerificationMails } from './email-verification-mails.service.js';
import { MobileCodes } from '../challenges/mobile-codes.service.js';

/** The address and the number that somebody wanted. */
interface Wanted {
  email?: string | null | undefined;
  mobile?: string | null | undefined;
  /** The contract through which they were wanted. Default: the API of the core. */
  clientId?: string | undefined;
}

/**
 * Answers for an address or number that an account has already. What an unproven account registered with is unique, but it yields to
 * proof: a code (and a link) goes to it, and its owner gets the account with that, emptied.
 */
@Injectable()
export class TakenContacts {
  constructor(
    private readonly contacts: ContactsService,
    private readonly mails: EmailVerificationMails,
    private readonly codes: MobileCodes,
    private readonly users: UsersService,
    private readonly budget: MailBudget,
    private readonly notices: OwnerNotices,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Offers the address or number that was found taken, if its account has not proven it.
   * @param error whatever came of it
   * @returns the error to tell: EmailUnprovenError, MobileUnprovenError, or else `error`
   */
  async answerTo(error: unknown, { email, mobile, clientId }: Wanted, caller: Caller): Promise<unknown> {
    // A transaction in which a statement failed takes no other.
    if (this.database.inTransaction) return error;
    try {
      if (error instanceof EmailTakenError && email != null && (await this.offerByMail(email, { clientId }, caller)))
        return new EmailUnprovenError(error);
      if (error instanceof MobileTakenError && mobile != null && (await this.offerByText(mobile, caller)))
        return new MobileUnprovenError(error);
    } catch (failure) {
      // The account went meanwhile.
      if (!isAccountGone(failure)) throw failure;
    }
    return error;
  }

  /**
   * Whether what was found taken gives way to whoever registers it: another account added it, without proof, while it was stored. Then
   * storing it again succeeds.
   */
  async givesWay(error: unknown, { email, mobile }: Wanted): Promise<boolean> {
    // A transaction in which a statement failed takes no other.
    if (this.database.inTransaction) return false;
    if (error instanceof EmailTakenError && email != null) return this.contacts.isClaim('email', email);
    return error instanceof MobileTakenError && mobile != null && this.contacts.isClaim('mobile', mobile);
  }

  /** The account that registered with the address, or else the number, and has not proven it; null for none. */
  async unprovenHolderOf({ email, mobile }: Wanted): Promise<string | null> {
    const byEmail = email == null ? null : await this.contacts.findUnproven('email', email);
    const holder = byEmail ?? (mobile == null ? null : await this.contacts.findUnproven('mobile', mobile));
    return holder?.id ?? null;
  }

  /** @throws SmsNotConfiguredError when this server sends no text messages */
  demandTexts(): void {
    this.codes.demandConfigured();
  }

  /**
   * Texts a code to the number, if an account registered with it and has not proven it: one that is fresh once more, or a new one.
   * @returns whether there is such an account, and a way to text it
   */
  async offerByText(mobile: string, caller: Caller): Promise<boolean> {
    const account = await this.contacts.findUnproven('mobile', mobile);
    const number = account === null ? null : this.contacts.textsOf(account);
    if (account === null || number === null || !this.codes.areSent) return false;
    // A code that cannot go out now is not told from one that can.
    const { refusal } = await this.codes.plan('confirm-mobile', account.id, number, { isProven: false, caller });
    if (refusal !== null) return true;
    await this.database.transaction(async () => {
      await this.codes.issueAgain('confirm-mobile', account.id, number, caller);
      await this.record('mobile.verification_requested', account, caller);
    });
    return true;
  }

  /** Tells the owner of a proven address that somebody wanted to register it. */
  async tellOwner(email: string, caller: Caller): Promise<void> {
    const owner = await this.users.findByEmail(email);
    if (owner === null || owner.email === null || owner.disabledAt !== null || !(await this.budget.spend(owner.email))) return;
    try {
      await this.database.transaction(async () => {
        await this.notices.sendAlreadyRegistered(owner);
        const details = { reason: 'user.email_taken' };
        await this.audit.record({ action: 'account.registered', outcome: 'failure', subjectId: owner.id, caller, details });
      });
    } catch (error) {
      if (!isAccountGone(error)) throw error;
    }
  }

  private async offerByMail(email: string, through: Pick<Wanted, 'clientId'>, caller: Caller): Promise<boolean> {
    const account = await this.contacts.findUnproven('email', email);
    if (account === null) return false;
    await this.database.transaction(async () => {
      await this.mails.sendAgain(account, { ...through, triedBy: caller });
      await this.record('email.verification_requested', account, caller);
    });
    return true;
  }

  private record(
    action: 'email.verification_requested' | 'mobile.verification_requested',
    { id: subjectId }: Account,
    caller: Caller,
  ): Promise<void> {
    return this.audit.record({ action, outcome: 'success', subjectId, caller });
  }
}
