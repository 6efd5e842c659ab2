import { Injectable } from '@nestjs/common';
import { areElevated } from '../../../common/access.js';
import { InvalidRequestError } from '../../../common/errors.js';
import type { Account, Credentials } from '../../../users/account.js';
import { ContactsService } from '../../../users/contacts.service.js';
import { UsersService } from '../../../users/users.service.js';
import { SignInStateError } from '../../sign-in/errors.js';
import type { SignInState } from '../factor.js';

/** Who gets a code, if anybody. Nothing of it may show in an answer but `typed`. */
export interface SmsRecipient {
  /** Whom it signs in; null where nobody gets one. */
  owner: Pick<Credentials, 'account' | 'sessionEpoch'> | null;
  /** E.164; null where nothing is sent. */
  number: string | null;
  /** What was typed, if it is a number; or the number of an account that is known. */
  typed: string | null;
  /** One text for every spelling of what was typed. */
  key: string;
}

/** For whom a sign-in asks for a texted code. */
@Injectable()
export class SmsCodeRecipients {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
  ) {}

  /**
   * The account that the sign-in is of, or whose number was typed; nobody by another identifier, which would let strangers cause texts to a
   * number that they do not know. Only numbers that the owner has proven, and none of administrators.
   * @throws SignInStateError for a sign-in that began without an identifier
   */
  async find({ userId, identifier }: SignInState): Promise<SmsRecipient> {
    if (userId !== null) {
      const known = await this.of(await this.users.findById(userId));
      return { ...known, typed: known.number, key: `account ${userId}` };
    }
    if (identifier === null) throw new SignInStateError('This sign-in has no identifier. Begin one with the number of the account.');
    const typed = this.numberIn(identifier);
    const account = typed === null ? null : await this.contacts.findByIdentifierOrRecovery(identifier);
    return { ...(await this.of(account)), typed, key: this.users.typedKey(identifier) };
  }

  /** Whether an account still gets its text messages there. */
  async isNumberOf(account: Account, number: string): Promise<boolean> {
    return !areElevated(account.roles) && (await this.contacts.resetNumberOf(account)) === number;
  }

  private async of(account: Account | null): Promise<Pick<SmsRecipient, 'owner' | 'number'>> {
    const owner = account === null ? null : await this.users.findCredentialsById(account.id);
    if (owner === null || owner.account.disabledAt !== null || areElevated(owner.account.roles)) return { owner: null, number: null };
    return { owner, number: await this.contacts.resetNumberOf(owner.account) };
  }

  private numberIn(identifier: string): string | null {
    if (!this.contacts.isMobile(identifier)) return null;
    try {
      return this.contacts.readMobile(identifier).key;
    } catch (error) {
      if (error instanceof InvalidRequestError) return null;
      throw error;
    }
  }
}
