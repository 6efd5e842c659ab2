import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import type { Account, Credentials, HeldEmail } from './account.js';
import type { ConfirmedChange } from './confirmed-change.js';
import { ContactsRepository } from './contacts.repository.js';
import { UserNotFoundError } from './errors.js';
import { type Identifier, fromEmail, fromMobile, readIdentifier } from './identifiers.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** A mobile number as it is kept, and where text messages go. */
export interface Mobile {
  /** As written. */
  stored: string;
  /** E.164 (`+12025550147`), or bare digits where it is no possible number of the region. */
  key: string;
}

/** The e-mail address and the mobile number of an account. Whatever changes one takes leave to, and joins the caller's transaction. */
@Injectable()
export class ContactsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly contacts: ContactsRepository,
    private readonly accounts: UsersService,
    private readonly settings: Settings,
  ) {}

  /**
   * The account as it is now, locked against other edits until the caller's transaction ends.
   * @throws UserNotFoundError
   */
  async lock(id: string): Promise<Credentials> {
    const credentials = (await this.users.lockById(id)) === null ? null : await this.accounts.findCredentialsById(id);
    if (credentials === null) throw new UserNotFoundError();
    return credentials;
  }

  /** An address in the form in which it is kept and compared. @throws InvalidRequestError */
  readEmail(written: string, field?: string): Identifier {
    return fromEmail(written, field);
  }

  /** A number in the form in which it is kept and compared. @throws InvalidRequestError */
  readMobile(written: string, field?: string): Mobile {
    return fromMobile(written, this.settings.DEFAULT_REGION, field);
  }

  /** Where text messages to an account go: E.164; null when it has no number, or none that is possible anywhere. */
  textsOf({ mobile }: Account): string | null {
    if (mobile === null) return null;
    const { key } = this.readMobile(mobile);
    return key.startsWith('+') ? key : null;
  }

  /** The account that signs in with this, or whose recovery address it is; null also for what is neither. */
  async findByIdentifierOrRecoveryEmail(written: string): Promise<Account | null> {
    return (await this.accounts.findByIdentifier(written)) ?? this.findByRecoveryEmail(written);
  }

  /** The account with this number, however it is written; null also for what is no number. */
  async findByMobile(written: string): Promise<Account | null> {
    const typed = readIdentifier(written, this.settings.DEFAULT_REGION);
    return typed?.kind === 'mobile' ? this.accounts.findByIdentifier(written) : null;
  }

  /** Whether this is the account's address already, in whatever spelling. */
  hasEmail({ email }: Account, { key }: Identifier): boolean {
    return email !== null && this.readEmail(email).key === key;
  }

  /** Whether the account could have the address: nobody has it, and nobody else can go back to it. */
  async isEmailFreeFor(id: string, { key }: Identifier): Promise<boolean> {
    return (await this.users.findByKey('email', key)) === null && !(await this.contacts.isEmailHeld(key, id));
  }

  /** Whether an account other than `butOf` has the number. */
  async isMobileTaken({ key }: Mobile, butOf: string): Promise<boolean> {
    const owner = await this.users.findByKey('mobile', key);
    return owner !== null && owner.id !== butOf;
  }

  /**
   * Gives the account another address. A former one that was proven is held: nobody else can take it for `holdSeconds`, so that
   * the account can go back. While the new one is not proven, the former one stays the recovery address.
   * @returns the account as it is then
   * @throws EmailTakenError, also when two requests race; UserNotFoundError, also for a disabled account
   */
  async changeEmail(
    { account: { id } }: ConfirmedChange<'email' | 'takeover'>,
    email: Identifier,
    { proven, holdSeconds }: { proven: boolean; holdSeconds: number },
  ): Promise<Account> {
    await this.contacts.holdEmail(id, email.key, holdSeconds);
    if (!(await this.contacts.changeEmail(id, email, proven))) throw new UserNotFoundError();
    return this.accounts.getById(id);
  }

  /**
   * Gives the account another number, not proven, or none; the same one, written in another way, stays proven.
   * @throws MobileTakenError, also when two requests race; UserNotFoundError
   */
  async changeMobile({ account: { id } }: ConfirmedChange<'mobile'>, mobile: Mobile | null): Promise<Account> {
    if (!(await this.contacts.changeMobile(id, mobile))) throw new UserNotFoundError();
    return this.accounts.getById(id);
  }

  /**
   * Makes a proven number (E.164) the account's; its own spelling of it stays.
   * @returns false when the account is disabled or gone
   * @throws MobileTakenError
   */
  proveMobile({ account }: ConfirmedChange<'mobile'>, number: string): Promise<boolean> {
    return this.contacts.proveMobile(account.id, number);
  }

  /**
   * To be called in the transaction that proves an account's address, where this ends everything from before: if it is the first
   * proof, a stranger may have made the account, and a number that was not proven is theirs. One that was proven stays, for its
   * owner has shown as much as the reader of the mailbox, and it opens nothing by itself.
   * @returns whether there was such a number
   */
  removeMobileFromBeforeProof({ account }: ConfirmedChange<'takeover'>): Promise<boolean> {
    return this.contacts.removeMobileFromBeforeProof(account.id);
  }

  /** Former addresses that the account can still go back to. */
  findHeldEmails(id: string): Promise<HeldEmail[]> {
    return this.contacts.findHeldEmails(id);
  }

  /** Lets the password open nothing any more until it is reset. */
  lockPassword({ account }: ConfirmedChange<'password' | 'takeover'>): Promise<void> {
    return this.users.lockPassword(account.id);
  }

  private async findByRecoveryEmail(written: string): Promise<Account | null> {
    const typed = readIdentifier(written, this.settings.DEFAULT_REGION);
    const user = typed?.kind === 'email' ? await this.contacts.findByRecoveryKey(typed.key) : null;
    return user === null ? null : this.accounts.findById(user.id);
  }
}
