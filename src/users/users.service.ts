import { Injectable } from '@nestjs/common';
import type { Role } from '../common/access.js';
import { newId } from '../common/ids.js';
import { Settings } from '../config/settings.js';
import type { Part } from '../database/part.js';
import { inPages } from '../database/row-pages.js';
import {
  type Account,
  type AccountActivity,
  type AccountDraft,
  type Credentials,
  type ContactProof,
  NEW_ACCOUNT_ROLES,
  type NewAccount,
} from './account.js';
import { readNew, toAccount } from './account-columns.js';
import type { Admission } from './admission.js';
import { yieldsOf } from './claims.js';
import type { ConfirmedChange } from './confirmed-change.js';
import { ContactsRepository } from './contacts.repository.js';
import { LastAdminError, UserNotFoundError } from './errors.js';
import { fromEmail, fromUsername, keyOfStored, readIdentifier, typedKey } from './identifiers.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

/** Wrong passwords in a row after which a password is locked, or tried slowly. Source: NIST SP 800-63B-4 §3.2.2. */
const MAX_PASSWORD_FAILURES = 100;

/** Largest number that an account can have: PostgreSQL's `integer`. */
const MAX_NUMBER = 2_147_483_647;

/** Accounts: who there is and what is known of them. Knows nothing of sessions, mails and how passwords are checked. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly contacts: ContactsRepository,
    private readonly settings: Settings,
  ) {}

  /**
   * Creates an account; joins the caller's transaction.
   * @param admission the leave of `RegistrationPolicy`
   * @throws InvalidRequestError, EmailTakenError, UsernameTakenError, MobileTakenError
   */
  create(input: NewAccount, admission: Admission): Promise<Account> {
    return this.insert(this.draft(input, admission));
  }

  /** Checks what an account would be made of, before anybody is asked whether it may. @throws InvalidRequestError */
  check(input: Omit<NewAccount, 'passwordHash' | 'roles'>): void {
    readNew({ ...input, passwordHash: null }, this.settings.DEFAULT_REGION);
  }

  /**
   * Checks what an account is to be made of; nothing is stored yet.
   * @param admission the leave of `RegistrationPolicy`, for this address
   * @throws InvalidRequestError
   */
  draft(input: NewAccount, admission: Admission): AccountDraft {
    if ((input.email ?? null) !== admission.email) throw new Error('The account was admitted with another e-mail address.');
    const columns = readNew(input, this.settings.DEFAULT_REGION);
    return { id: newId(), ...columns, roles: input.roles ?? [...NEW_ACCOUNT_ROLES], passwordHash: input.passwordHash } as AccountDraft;
  }

  /**
   * Stores a new account; joins the caller's transaction.
   * @param along what is written in the same statement: parts that read the one named to it, in which the account is
   * @throws EmailTakenError, UsernameTakenError, MobileTakenError
   */
  async insert(draft: AccountDraft, along: (created: string) => readonly Part[] = () => []): Promise<Account> {
    return toAccount(await this.users.insert(draft, along), this.settings.PUBLIC_URL);
  }

  async findById(id: string): Promise<Account | null> {
    const user = await this.users.findById(id);
    return user === null ? null : toAccount(user, this.settings.PUBLIC_URL);
  }

  /** @throws UserNotFoundError */
  async getById(id: string): Promise<Account> {
    const account = await this.findById(id);
    if (account === null) throw new UserNotFoundError();
    return account;
  }

  /** The account that signs in with this e-mail address, username or mobile number. */
  async findCredentials(identifier: string): Promise<Credentials | null> {
    const found = readIdentifier(identifier, this.settings.DEFAULT_REGION);
    if (found === null) return null;
    const user = await this.users.findByKey(found.kind, found.key);
    return user === null ? null : toCredentials(user, this.settings.PUBLIC_URL);
  }

  async findCredentialsById(id: string): Promise<Credentials | null> {
    const user = await this.users.findById(id);
    return user === null ? null : toCredentials(user, this.settings.PUBLIC_URL);
  }

  /** One text for every spelling of an identifier, whether or not an account has it; see `typedKey`. */
  typedKey(identifier: string): string {
    return typedKey(identifier, this.settings.DEFAULT_REGION);
  }

  /** The account that signs in with this e-mail address, username or mobile number. */
  async findByIdentifier(identifier: string): Promise<Account | null> {
    return (await this.findCredentials(identifier))?.account ?? null;
  }

  /** The account with this number; null also for what is no number of an account. */
  async findByNumber(number: number): Promise<Account | null> {
    if (!Number.isInteger(number) || number < 1 || number > MAX_NUMBER) return null;
    const user = await this.users.findByNumber(number);
    return user === null ? null : toAccount(user, this.settings.PUBLIC_URL);
  }

  /** The account with this username; null also for what is no username. */
  async findByUsername(username: string): Promise<Account | null> {
    const found = readIdentifier(username, this.settings.DEFAULT_REGION);
    return found?.kind === 'username' ? this.findByIdentifier(username) : null;
  }

  /** All accounts in the order of their numbers; however many there are, few are held at a time. */
  async *listAll(): AsyncGenerator<Account, void> {
    const rows = inPages<User>((last) => this.users.findPage(last?.number ?? 0));
    for await (const user of rows) yield toAccount(user, this.settings.PUBLIC_URL);
  }

  /** The account with this e-mail address; null also for what is no address. */
  async findByEmail(email: string): Promise<Account | null> {
    const found = readIdentifier(email, this.settings.DEFAULT_REGION);
    return found?.kind === 'email' ? this.findByIdentifier(email) : null;
  }

  /**
   * Whether nobody has this username.
   * @throws InvalidRequestError when it is none
   */
  async isUsernameFree(username: string): Promise<boolean> {
    return (await this.users.findByKey('username', fromUsername(username).key)) === null;
  }

  /**
   * Whether this e-mail address could be registered: no account registered with it or has proven it, or can go back to it.
   * @throws InvalidRequestError when it is none
   */
  async isEmailFree(email: string): Promise<boolean> {
    const { key } = fromEmail(email);
    const owner = await this.users.findByKey('email', key);
    return (owner === null || yieldsOf(owner, 'email') === 'to-anybody') && !(await this.contacts.isEmailHeld(key));
  }

  /**
   * Deletes an account with all that hangs on it; joins the caller's transaction. Of an account's own, ask `AccountDeletion`.
   * @returns the names of the pictures that it has and had
   * @throws UserNotFoundError
   */
  async delete({ account }: ConfirmedChange<'deletion'>): Promise<string[]> {
    const pictures = await this.users.delete(account.id);
    if (pictures === undefined) throw new UserNotFoundError();
    return pictures;
  }

  /**
   * To be called before an administrator is deleted, disabled or loses the role; the rows of all administrators stay locked until
   * the caller's transaction ends, so of two requests at once the second sees what the first did.
   * @throws LastAdminError when nobody else could administer the installation
   */
  async demandAnotherAdmin(id: string): Promise<void> {
    const admins = await this.users.lockAdmins();
    if (admins.includes(id) && admins.length === 1) throw new LastAdminError();
  }

  /** When the account last signed in, and wrong passwords since. */
  findActivity(id: string): Promise<AccountActivity> {
    return this.users.findActivity(id);
  }

  /** Whether an account with this role exists. */
  existsWithRole(role: Role): Promise<boolean> {
    return this.users.existsWithRole(role);
  }

  /**
   * Marks `address` verified; false when it is not the account's any more, or the account is disabled. The recovery address goes only
   * when it is the owner who proved the new one.
   */
  markEmailVerified(id: string, address: string, proof: ContactProof): Promise<boolean> {
    return this.contacts.markEmailVerified(id, keyOfStored(address), proof);
  }

  /** Activates the account, if it is not yet; false when it is disabled or gone. Joins the caller's transaction. */
  activate(id: string): Promise<boolean> {
    return this.users.activate(id);
  }

  /** Sets a new password, which also lifts a lock; joins the caller's transaction. */
  setPasswordHash({ account }: ConfirmedChange<'password' | 'takeover'>, hash: string): Promise<void> {
    return this.users.setPasswordHash(account.id, hash);
  }

  /**
   * Replaces a hash by a stronger one of the same password, or stores that of a password that another system confirmed; unless the
   * password was changed or locked meanwhile. Joins the caller's transaction.
   * @param old what was stored when the password was compared
   * @returns whether it was replaced
   */
  replaceHash(id: string, old: string | null, stronger: string): Promise<boolean> {
    return this.users.replaceHash(id, old, stronger);
  }

  /** Lets an account that was made without a password have none but what its owner sets: not that of another system either. */
  closeToPasswords(id: string): Promise<void> {
    return this.users.lockPassword(id);
  }

  /** Counts a wrong password for the account; without one it takes as long. Says whether with this one there were too many in a row. */
  recordPasswordFailure(id: string | null): Promise<boolean> {
    return this.users.recordPasswordFailure(id ?? newId(), MAX_PASSWORD_FAILURES);
  }

  /** Locks a password after too many wrong ones in a row. */
  lockWornPassword(id: string): Promise<void> {
    return this.users.lockWornPassword(id);
  }

  /** Forgets the wrong passwords of an account, and lifts the lock that they brought; one that somebody put an end to stays locked. */
  liftPasswordWear(id: string): Promise<void> {
    return this.users.liftPasswordWear(id);
  }

  /**
   * Notes when the account last signed in, apart from the account's row: an edit's version does not move. Part of a statement; it
   * happens if the part `of` has a row.
   */
  signInNote(id: string, of: string): Part {
    return this.users.signInNote(id, of);
  }
}

function toCredentials(user: User, publicUrl: string | undefined): Credentials {
  return {
    account: toAccount(user, publicUrl),
    passwordHash: user.passwordHash,
    passwordLocked: user.passwordLockedAt !== null,
    passwordWorn: user.passwordWornAt !== null,
    sessionEpoch: user.sessionEpoch,
  };
}
