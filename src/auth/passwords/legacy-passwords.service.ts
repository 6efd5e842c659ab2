import { Injectable } from '@nestjs/common';
import { areElevated } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { Settings } from '../../config/settings.js';
import type { Credentials } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { LegacyAdoption } from '../legacy/legacy-adoption.service.js';
import type { LegacyYes } from '../legacy/legacy-answer.js';
import { LegacyVerifier } from '../legacy/legacy-verifier.service.js';
import { PasswordHasher } from './password-hasher.service.js';

/** Passwords that only the old system can compare: it is asked once for each account, which then has a hash of ours. */
@Injectable()
export class LegacyPasswords {
  constructor(
    private readonly verifier: LegacyVerifier,
    private readonly adoption: LegacyAdoption,
    private readonly hasher: PasswordHasher,
    private readonly users: UsersService,
    private readonly settings: Settings,
  ) {}

  /**
   * Whether the old system is asked about an account, or about an identifier that nobody has here. A password set here is never sent. About
   * an account with an elevated role it is not asked: whoever controls that system would administer this one.
   */
  concerns(credentials: Credentials | null): boolean {
    if (!this.verifier.isOn) return false;
    if (credentials === null) return this.settings.LEGACY_VERIFY_UNKNOWN;
    return !areElevated(credentials.account.roles) && !this.hasher.canCompare(credentials.passwordHash);
  }

  /**
   * @returns null if the password is wrong, or the old system knows nobody by that identifier
   * @throws UnavailableError, BusyError
   */
  ask(identifier: string, password: string, caller: Caller): Promise<LegacyYes | null> {
    return this.verifier.ask(identifier, password, caller);
  }

  /**
   * Stores a confirmed password. Of several sign-ins at once, one stores it, and the others find it right. A password that was set
   * meanwhile, or an account that was made, stays.
   * @returns the account; null if the password is not the one that is stored now, or has been locked
   * @throws UnavailableError if the old system did not describe a new account well; BusyError
   */
  async adopt(
    identifier: string,
    credentials: Credentials | null,
    { account }: LegacyYes,
    password: string,
    caller: Caller,
  ): Promise<Credentials | null> {
    const hash = await this.hasher.hash(password, caller);
    const isStored =
      credentials === null
        ? await this.adoption.create(identifier, account, hash, caller)
        : await this.adoption.keep(credentials, hash, caller);
    const now =
      credentials === null ? await this.users.findCredentials(identifier) : await this.users.findCredentialsById(credentials.account.id);
    if (now === null || now.passwordLocked) return null;
    return isStored || (await this.hasher.verify(now.passwordHash, password, caller)) ? now : null;
  }
}
