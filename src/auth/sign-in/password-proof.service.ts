import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Credentials } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { PasswordCheck } from '../passwords/password-check.service.js';
import { PasswordHasher } from '../passwords/password-hasher.service.js';
import { Proof } from './proof.js';

/** Proving who one is by a password. */
@Injectable()
export class PasswordProofService {
  constructor(
    private readonly passwords: PasswordCheck,
    private readonly hasher: PasswordHasher,
    private readonly users: UsersService,
  ) {}

  /**
   * Compares the password, and replaces a weak hash of it by a strong one.
   * @param identifier an e-mail address, a username or a mobile number
   * @throws BadCredentialsError (unknown identifier and wrong password alike), ThrottledError, BusyError
   */
  async prove(identifier: string, password: string, caller: Caller): Promise<Proof> {
    const credentials = await this.passwords.byIdentifier(identifier, password, caller);
    await this.upgradeHash(credentials, password, caller);
    return Proof.of(credentials, [{ type: 'password', userId: credentials.account.id, authenticatorId: null, methods: ['pwd'], level: 1 }]);
  }

  private async upgradeHash({ account, passwordHash }: Credentials, password: string, caller: Caller): Promise<void> {
    if (passwordHash === null || !this.hasher.isWeak(passwordHash)) return;
    await this.users.replaceHash(account.id, passwordHash, await this.hasher.hash(password, caller));
  }
}
