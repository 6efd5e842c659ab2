import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { PasswordHasher } from './password-hasher.service.js';
import { type PasswordOwner, PasswordPolicy, type PasswordPolicyName, type PasswordRules } from './password-policy.service.js';

/** What is stored of a password, and the policy that it keeps. */
export interface HashedPassword {
  /** PHC string. */
  hash: string;
  policy: PasswordPolicyName;
}

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
    this.policy.check(password, { roles: [] }, rules);
  }

  /** Least length of a password that its owner may choose under these rules, code points; for forms. */
  minLength(owner: Pick<PasswordOwner, 'roles'>, { policy = 'core' }: PasswordRules): number {
    return this.policy.minLength(owner, policy);
  }

  /**
   * Checks a password with the names and roles of its owner, too, and hashes it. Slow by design: belongs outside a transaction.
   * @throws InvalidRequestError, BusyError
   */
  async hash(password: string, owner: PasswordOwner, rules: PasswordRules, caller: Caller): Promise<HashedPassword> {
    const policy = this.policy.check(password, owner, rules);
    return { hash: await this.hasher.hash(password, caller), policy };
  }
}
