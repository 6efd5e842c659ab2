import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InvalidRequestError } from '../../../common/errors.js';
import { Settings } from '../../../config/settings.js';
import type { Account, Credentials } from '../../../users/account.js';
import { ContactsService } from '../../../users/contacts.service.js';
import { UsersService } from '../../../users/users.service.js';
import { RegistrationPolicy } from '../../admission/registration-policy.service.js';
import { OtherWaysIn } from '../../authenticators/other-ways-in.service.js';
import { SignInStateError } from '../../sign-in/errors.js';
import type { SignInState } from '../factor.js';

/** Who gets a code, if anybody. Nothing of it may show in an answer but `typed`. */
export interface Recipient {
  /** Whom it signs in; null for an address that nobody has, and where nobody gets one. */
  owner: Pick<Credentials, 'account' | 'sessionEpoch'> | null;
  /** Where it goes; null where nothing is sent. */
  address: string | null;
  /** Whether somebody has proven to read what goes there. */
  isProven: boolean;
  /** What was typed, if it is an address; or the address of an account that is known. */
  typed: string | null;
  /** One text for every spelling of what was typed. */
  key: string;
}

/** For whom a sign-in asks for a mailed code. */
@Injectable()
export class EmailCodeRecipients implements OnModuleInit {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly waysIn: OtherWaysIn,
    private readonly policy: RegistrationPolicy,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    if (this.settings.EMAIL_CODE === 'off') return;
    this.waysIn.add(async (account) => account.emailVerifiedAt !== null && (await this.contacts.resetAddressOf(account)) !== null);
  }

  /**
   * The account that the sign-in is of, or whose identifier was typed; or an address that nobody has, where people can sign up by code.
   * A mail goes where a reset of the password would go: an address that was added without proof gets none.
   * @throws SignInStateError for a sign-in that began without an identifier
   */
  async find({ userId, identifier }: SignInState): Promise<Recipient> {
    if (userId !== null) {
      const known = await this.of(await this.users.findById(userId));
      return { ...known, typed: known.address, key: `account ${userId}` };
    }
    if (identifier === null) throw new SignInStateError('This sign-in has no identifier. Begin one with the address of the account.');
    const typed = this.addressIn(identifier);
    const isClaim = typed !== null && (await this.contacts.isClaim('email', typed));
    const account = isClaim ? null : await this.contacts.findByIdentifierOrRecovery(identifier);
    const found = account === null ? { ...NOBODY, address: await this.newAddress(typed) } : await this.of(account);
    return { ...found, typed, key: this.users.typedKey(identifier) };
  }

  /** Whether an account still gets its mails there. */
  async isAddressOf(account: Account, address: string): Promise<boolean> {
    return (await this.contacts.resetAddressOf(account)) === address;
  }

  private async of(account: Account | null): Promise<Pick<Recipient, 'owner' | 'address' | 'isProven'>> {
    const owner = account === null ? null : await this.users.findCredentialsById(account.id);
    if (owner === null || owner.account.disabledAt !== null) return NOBODY;
    const { emailVerifiedAt, recoveryEmail } = owner.account;
    const address = await this.contacts.resetAddressOf(owner.account);
    return { owner, address, isProven: emailVerifiedAt !== null || recoveryEmail !== null };
  }

  private async newAddress(typed: string | null): Promise<string | null> {
    if (typed === null || this.settings.EMAIL_CODE !== 'on') return null;
    // Looked up in any case, so that the time is the same.
    const isFree = await this.users.isEmailFree(typed);
    const isAdmitted = await this.policy.admitsProven(typed);
    return isFree && isAdmitted ? typed : null;
  }

  /** What was typed, in the form in which it would be kept; null for what is no address. */
  private addressIn(identifier: string): string | null {
    try {
      return this.contacts.readEmail(identifier).stored;
    } catch (error) {
      if (error instanceof InvalidRequestError) return null;
      throw error;
    }
  }
}

const NOBODY = { owner: null, address: null, isProven: false };
