import { Injectable } from '@nestjs/common';
import { areElevated } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { Settings } from '../../config/settings.js';
import type { Account, Credentials } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { PasswordCheck } from '../passwords/password-check.service.js';
import { PasswordHasher } from '../passwords/password-hasher.service.js';
import { PasswordPolicy } from '../passwords/password-policy.service.js';
import { Proof } from './proof.js';

/** Proving who one is by a password. */
@Injectable()
export class PasswordProofService {
  constructor(
    private readonly passwords: PasswordCheck,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
    private readonly users: UsersService,
    private readonly settings: Settings,
  ) {}

  /**
   * Compares the password, and replaces a weak hash of it by a strong one.
   * @param identifier an e-mail address, a username or a mobile number
   * @throws BadCredentialsError (unknown identifier and wrong password alike), ThrottledError, BusyError
   */
  async prove(identifier: string, password: string, caller: Caller): Promise<Proof> {
    return this.proofOf(await this.passwords.byIdentifier(identifier, password, caller), password, caller);
  }

  /** The same for an account that is known already. */
  async proveById(accountId: string, password: string, caller: Caller): Promise<Proof> {
    return this.proofOf(await this.passwords.byId(accountId, password, caller), password, caller);
  }

  private async proofOf(credentials: Credentials, password: string, caller: Caller): Promise<Proof> {
    await this.upgradeHash(credentials, password, caller);
    const { account } = credentials;
    const isWeak = this.isWeak(password, account);
    const factor = { type: 'password', userId: account.id, authenticatorId: null, methods: ['pwd'], level: 1 } as const;
    return Proof.of(credentials, [isWeak ? { ...factor, isWeak } : factor]);
  }

  /**
   * Whether `WEAK_PASSWORDS` demands another one. An account with an elevated role keeps the core's policy whatever is set: it may have got its
   * password as something less, through a contract or by an import.
   */
  private isWeak(password: string, account: Account): boolean {
    switch (areElevated(account.roles) ? 'replace' : this.settings.WEAK_PASSWORDS) {
      case 'allow':
        return false;
      case 'replace-known':
        return this.policy.isKnown(password);
      case 'replace':
        return !this.policy.keeps(password, account);
    }
  }

  private async upgradeHash({ account, passwordHash }: Credentials, password: string, caller: Caller): Promise<void> {
    if (passwordHash === null || !this.hasher.isWeak(passwordHash)) return;
    await this.users.replaceHash(account.id, passwordHash, await this.hasher.hash(password, caller));
  }
}
