import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import type { Account, ContactProof, Credentials, HeldEmail } from './account.js';
import { type Contact, yieldsOf } from './claims.js';
import type { ConfirmedChange } from './confirmed-change.js';
import { ContactsRepository } from './contacts.repository.js';
import { UserNotFoundError } from './errors.js';
import { type Identifier, fromEmail, fromMobile, keyOfStored, readIdentifier } from './identifiers.js';
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

  /** The account that signs in with this, or whose recovery address or number it is: that one first, where nobody else has proven it. Null also for what is none. */
  async findByIdentifierOrRecovery(written: string): Promise<Account | null> {
    const found = await this.accounts.findByIdentifier(written);
    const kind = readIdentifier(written, this.settings.DEFAULT_REGION)?.kind;
    const isProven =
      found !== null && (kind === 'email' ? found.emailVerifiedAt : kind === 'mobile' ? found.mobileVerifiedAt : found.id) !== null;
    return isProven ? found : ((await this.findByRecovery(written)) ?? found);
  }

  /** Whether this is written like a mobile number. */
  isMobile(written: string): boolean {
    return readIdentifier(written, this.settings.DEFAULT_REGION)?.kind === 'mobile';
  }

  /** The account with this number, however it is written; null also for what is no number. */
  async findByMobile(written: string): Promise<Account | null> {
    const typed = readIdentifier(written, this.settings.DEFAULT_REGION);
    return typed?.kind === 'mobile' ? this.accounts.findByIdentifier(written) : null;
  }

  /** Whether this is the account's address already, in whatever spelling. */
  hasEmail({ email }: Account, { key }: Identifier): boolean {
    return email !== null && keyOfStored(email) === key;
  }

  /** Whether the account could have the address by proving it: nobody else has proven it, and nobody else can go back to it. */
  async isEmailFreeFor(id: string, { key }: Identifier): Promise<boolean> {
    return (await this.isFree('email', key, id)) && !(await this.contacts.isEmailHeld(key, id));
  }

  /** Whether an account other than `butOf` has proven the number. */
  async isMobileTaken({ key }: Mobile, butOf: string): Promise<boolean> {
    return !(await this.isFree('mobile', key, butOf));
  }

  /** The account that registered with this address or number and has not proven it; null for none, or one that cannot act. */
  async findUnproven(contact: Contact, written: string): Promise<Account | null> {
    const typed = readIdentifier(written, this.settings.DEFAULT_REGION);
    const user = typed?.kind === contact ? await this.users.findByKey(contact, typed.key) : null;
    if (user === null || user.disabledAt !== null || yieldsOf(user, contact) !== 'to-proof') return null;
    return this.accounts.findById(user.id);
  }

  /** Whether an account has this address or number only until somebody else registers or sets it. */
  async isClaim(contact: Contact, written: string): Promise<boolean> {
    const typed = readIdentifier(written, this.settings.DEFAULT_REGION);
    const user = typed?.kind === contact ? await this.users.findByKey(contact, typed.key) : null;
    return user !== null && yieldsOf(user, contact) === 'to-anybody';
  }

  /** The address and the number (E.164) that the account registered with and has not proven: each is for whoever proves it. */
  async unprovenOf(account: Account): Promise<string[]> {
    const user = await this.users.findById(account.id);
    if (user === null) return [];
    const contacts = { email: account.email, mobile: this.textsOf(account) };
    return (['email', 'mobile'] as const)
      .map((contact) => (yieldsOf(user, contact) === 'to-proof' ? contacts[contact] : null))
      .filter((each) => each !== null);
  }

  /** Where a mail to choose a new password goes: to the recovery address as long as there is one; null for nowhere. */
  async resetAddressOf({ id, email, recoveryEmail }: Account): Promise<string | null> {
    if (recoveryEmail !== null || email === null) return recoveryEmail;
    const user = await this.users.findById(id);
    return user === null || user.emailClaimed || yieldsOf(user, 'email') === 'to-anybody' ? null : email;
  }

  /**
   * Where a text message to choose a new password goes, E.164: to the recovery number as long as there is one, or else to the number that
   * the owner has proven; null for nowhere.
   */
  async resetNumberOf(account: Account): Promise<string | null> {
    if (account.recoveryMobile !== null) return account.recoveryMobile.startsWith('+') ? account.recoveryMobile : null;
    if (account.mobileVerifiedAt === null || (await this.isMobileOnlyClaimed(account.id))) return null;
    return this.textsOf(account);
  }

  /**
   * Whether the account's address was added later and has not been proven by its owner. Such an address is no place for a reset: its
   * reader need not be the owner of the account.
   */
  async isEmailOnlyClaimed(id: string): Promise<boolean> {
    const user = await this.users.findById(id);
    if (user === null) return false;
    return user.recoveryEmail !== null || user.emailClaimed;
  }

  /** The same of the number. */
  async isMobileOnlyClaimed(id: string): Promise<boolean> {
    const user = await this.users.findById(id);
    return user !== null && (user.recoveryMobile !== null || user.mobileClaimed);
  }

  /**
   * Gives the account another address. A former one that was proven is held: nobody else can take it for `holdSeconds`, so that
   * the account can go back. While the new one is not proven, the former one stays the recovery address.
   * @returns the account as it is then
   * @throws EmailTakenError, also when two requests race; UserNotFoundError, also for a disabled account
   */
  async changeEmail(
    { account: { id } }: ConfirmedChange<'email' | 'identifiers' | 'takeover'>,
    email: Identifier,
    { proven, holdSeconds }: { proven: boolean; holdSeconds: number },
  ): Promise<Account> {
    await this.contacts.holdEmail(id, email.key, holdSeconds);
    if (!(await this.contacts.changeEmail(id, email, proven))) throw new UserNotFoundError();
    return this.accounts.getById(id);
  }

  /**
   * Gives the account another number, not proven; the same one, written in another way, stays proven. A former one that was proven stays
   * the recovery number until the owner has proven the new one. Claims of others end. Where another account registered with the number,
   * the new one does not sign in until it is proven.
   * @throws MobileTakenError, also when two requests race; UserNotFoundError
   */
  async changeMobile({ account: { id } }: ConfirmedChange<'mobile' | 'identifiers' | 'takeover'>, mobile: Mobile): Promise<Account> {
    const owner = await this.users.findByKey('mobile', mobile.key);
    const signsIn = owner === null || owner.id === id || yieldsOf(owner, 'mobile') !== 'to-proof';
    if (!(await this.contacts.changeMobile(id, mobile, signsIn))) throw new UserNotFoundError();
    return this.accounts.getById(id);
  }

  /**
   * Makes a proven number (E.164) the account's; its own spelling of it stays. An account that has not proven it loses it.
   * @returns false when the account is disabled or gone
   * @throws MobileTakenError
   */
  proveMobile({ account }: ConfirmedChange<'mobile' | 'takeover'>, number: string, proof: ContactProof): Promise<boolean> {
    return this.contacts.proveMobile(account.id, number, proof);
  }

  /** Takes the number away, proven or not, and the recovery number. @returns whether there was one */
  removeMobile({ account }: ConfirmedChange<'mobile' | 'takeover'>): Promise<boolean> {
    return this.contacts.removeMobile(account.id);
  }

  /** Takes the address away, and the recovery address. @returns whether there was one */
  removeEmail({ account }: ConfirmedChange<'takeover'>): Promise<boolean> {
    return this.contacts.removeEmail(account.id);
  }

  /** Lets others have the former addresses that the account could go back to. */
  releaseHolds({ account }: ConfirmedChange<'takeover'>): Promise<void> {
    return this.contacts.releaseHolds(account.id);
  }

  /** Former addresses that the account can still go back to. */
  findHeldEmails(id: string): Promise<HeldEmail[]> {
    return this.contacts.findHeldEmails(id);
  }

  /** Lets the password open nothing any more until it is reset. */
  lockPassword({ account }: ConfirmedChange<'password' | 'takeover'>): Promise<void> {
    return this.users.lockPassword(account.id);
  }

  /** Takes the password away. No other one opens the account before its owner sets one: not that of another system either. */
  removePassword({ account }: ConfirmedChange<'takeover'>): Promise<void> {
    return this.users.removePassword(account.id);
  }

  private async isFree(contact: Contact, key: string, butOf: string): Promise<boolean> {
    const owner = await this.users.findByKey(contact, key);
    return owner === null || owner.id === butOf || yieldsOf(owner, contact) !== 'never';
  }

  private async findByRecovery(written: string): Promise<Account | null> {
    const typed = readIdentifier(written, this.settings.DEFAULT_REGION);
    if (typed === null || typed.kind === 'username') return null;
    const user = await (typed.kind === 'email'
      ? this.contacts.findByRecoveryEmail(typed.key)
      : this.contacts.findByRecoveryMobile(typed.key));
    return user === null ? null : this.accounts.findById(user.id);
  }
}
