import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { CORE_CLIENT_ID } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import type { Account } from '../../users/account.js';
import { isAccountGone } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { type LeftFor, type MailTerms, MailedChallenges } from '../challenges/mailed-challenges.service.js';

const PURPOSE = 'confirm-email';

/** What is particular to one of these mails, and who asks for it. */
type VerificationTerms = Pick<MailTerms, 'returnTo' | 'triedBy' | 'clientId'>;

/** Address and number (E.164) of an account that is being made. */
interface NewContacts {
  email: string | null;
  number: string | null;
}

/** The mails that ask somebody to prove an account's e-mail address. */
@Injectable()
export class EmailVerificationMails {
  constructor(
    private readonly users: UsersService,
    private readonly mailed: MailedChallenges,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Queues a confirmation mail unless there is nothing to confirm; an earlier code and link die. An address that has had its share of mails
   * gets none unless no code works. Joins the caller's transaction.
   */
  async send(account: Account, terms: VerificationTerms & Pick<MailTerms, 'earlier'>): Promise<void> {
    const { email: address, emailVerifiedAt, recoveryEmail, disabledAt } = account;
    // While there is a recovery address, the owner of the account has yet to prove the new one, by the password or a session.
    const isProven = emailVerifiedAt !== null && recoveryEmail === null;
    if (address === null || isProven || disabledAt !== null) return;
    if (!(await this.isDue(account.id, address, terms))) return;
    await this.database.transaction(() => this.mailed.send(PURPOSE, account, address, inDigitsOf(terms)));
  }

  /** The same, but a code and link that are fresh go out once more: a second request must not make those on their way worthless. */
  async sendAgain(account: Account, terms: VerificationTerms & { triedBy: Caller }): Promise<void> {
    const { email: address } = account;
    if (address === null || account.emailVerifiedAt !== null || account.disabledAt !== null) return;
    if (!(await this.isDue(account.id, address, terms))) return;
    await this.database.transaction(() => this.mailed.sendAgain(PURPOSE, account, address, inDigitsOf(terms)));
  }

  /**
   * The same as `send` for an account that is being made, as parts of that statement, of which `created` has the `id`. Whether the mail may be
   * sent is asked before.
   */
  confirmation(account: Pick<Account, 'id' | 'locale' | 'firstName'>, address: string, terms: VerificationTerms, created: string): Part[] {
    return this.mailed.sending(PURPOSE, account, address, inDigitsOf(terms), created);
  }

  /**
   * Part of the statement that makes an account, of which `created` has the `id`: the statement fails, with an error of which `isLeft` is
   * true, if a deleted account with the same address or number left a code.
   */
  demandingNoneLeft(contacts: NewContacts, created: string): Part {
    return this.mailed.demandingNoneLeft(leftFor(contacts), created);
  }

  isLeft(error: unknown): boolean {
    return this.mailed.isLeft(error);
  }

  /** Gives an account that was made just now what a deleted one with the same address or number left; see `MailedChallenges.adopt`. */
  async adopt(userId: string, contacts: NewContacts, caller: Caller): Promise<void> {
    for (const wanted of leftFor(contacts)) await this.mailed.adopt(wanted, userId, caller);
  }

  /**
   * Sends the mail again if `email` belongs to an account that waits for it. The caller learns nothing either way.
   * @throws ThrottledError
   */
  async resend(email: string, caller: Caller, returnTo: string | null = null): Promise<void> {
    await this.mailed.admitRequest(caller);
    const account = await this.users.findByEmail(email);
    if (account === null) return;
    try {
      await this.database.transaction(async () => {
        await this.send(account, { returnTo, triedBy: caller });
        await this.audit.record({ action: 'email.verification_requested', outcome: 'success', subjectId: account.id, caller });
      });
    } catch (error) {
      if (!isAccountGone(error)) throw error;
    }
  }

  private async isDue(userId: string, address: string, { triedBy: caller }: VerificationTerms): Promise<boolean> {
    return (await this.mailed.plan(PURPOSE, userId, address, { isProven: false, caller })).due;
  }
}

function leftFor({ email, number }: NewContacts): LeftFor[] {
  return [
    ...(email === null ? [] : [{ purpose: 'confirm-email' as const, address: email }]),
    ...(number === null ? [] : [{ purpose: 'confirm-mobile' as const, address: number }]),
  ];
}

/** Contracts keep the codes of their documents. */
function inDigitsOf<Terms extends VerificationTerms>(terms: Terms): Terms & Pick<MailTerms, 'codeDigits'> {
  return { ...terms, ...((terms.clientId ?? CORE_CLIENT_ID) !== CORE_CLIENT_ID && { codeDigits: 6 }) };
}
