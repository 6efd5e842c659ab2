import { Injectable } from '@nestjs/common';
import { InvalidRequestError } from '../../common/errors.js';
import type { Caller } from '../../common/caller.js';
import { Settings } from '../../config/settings.js';
import { type Account, NEW_ACCOUNT_ROLES } from '../../users/account.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import type { Invitation } from './invitation.entity.js';

const FIELD = 'password';
const RULES = { field: FIELD } as const;

/** Passwords that people choose when they accept an invitation, or leave out. */
@Injectable()
export class InvitedPasswords {
  constructor(
    private readonly passwords: NewPasswords,
    private readonly settings: Settings,
  ) {}

  /** Whether an account can do without one: a mailed code signs in. */
  get areOptional(): boolean {
    return this.settings.EMAIL_CODE !== 'off';
  }

  /** What needs no account to be found wrong. @throws InvalidRequestError */
  check(password: string | undefined): void {
    if (password !== undefined) this.passwords.check(password, RULES);
  }

  /**
   * The hash for an account that is made or taken over; null for one without a password.
   * @throws InvalidRequestError, also where nothing else would sign in; ThrottledError, BusyError
   */
  async hash(password: string | undefined, account: Account | null, { email }: Invitation, caller: Caller): Promise<string | null> {
    if (password === undefined) {
      if (this.areOptional) return null;
      throw InvalidRequestError.field(FIELD, 'required', 'Choose a password: nothing else would sign in to the account here.');
    }
    const owner = { username: account?.username ?? null, email, roles: account?.roles ?? NEW_ACCOUNT_ROLES };
    return (await this.passwords.hash(password, owner, RULES, caller)).hash;
  }
}
