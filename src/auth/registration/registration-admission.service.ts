import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { NEW_ACCOUNT_ROLES, type NewAccount } from '../../users/account.js';
import type { Admission } from '../../users/admission.js';
import { RegistrationPolicy } from '../admission/registration-policy.service.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import type { PasswordPolicyName } from '../passwords/password-policy.service.js';
import { demandContact } from './registration-rules.js';

/** What is checked of a registration before anybody looks who is registered. */
@Injectable()
export class RegistrationAdmission {
  constructor(
    private readonly policy: RegistrationPolicy,
    private readonly newPasswords: NewPasswords,
    private readonly throttle: ThrottleService,
  ) {}

  /**
   * @throws RegistrationClosedError, DomainNotAllowedError, InvalidRequestError, ThrottledError, BusyError
   * @returns the leave to make the account, and the hash of its password
   */
  async admit(
    { password, ...input }: Omit<NewAccount, 'passwordHash' | 'roles'> & { password: string },
    caller: Caller,
    policy: PasswordPolicyName,
  ): Promise<{ admission: Admission; passwordHash: string }> {
    this.policy.demandOpen();
    if (policy === 'core') demandContact(input);
    const admission = this.policy.admit(input.email ?? null);
    await this.throttle.takeFrom('register', caller);
    const { hash } = await this.newPasswords.hash(password, { ...input, roles: NEW_ACCOUNT_ROLES }, { policy }, caller);
    return { admission, passwordHash: hash };
  }
}
