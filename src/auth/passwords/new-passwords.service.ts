import { Injectable } from '@nestjs/common';
import { PasswordHasher } from './password-hasher.service.js';
import { type PasswordOwner, PasswordPolicy, type PasswordRules } from './password-policy.service.js';

/** Passwords that are to be set: first what they have to be, then their hash. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * Checks what nobody may have as a password. Belongs before the account is looked up: a refusal then says nothing about the account.
   * @throws InvalidRequestError
   */
  check(password: string, rules: PasswordRules): void {
    this.policy.check(password, {}, rules);
  }

  /**
   * Checks a password with the names of its owner, too, and hashes it. Slow by design: belongs outside a transaction.
   * @throws InvalidRequestError, BusyError
   */
  async hash(password: string, owner: PasswordOwner, rules: PasswordRules): Promise<string> {
    this.policy.check(password, owner, rules);
    return this.hasher.hash(password);
  }
}
