import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { NEW_ACCOUNT_ROLES, type NewAccount } from '../../users/account.js';
import type { Admission } from '../../users/admission.js';
import { UsersService } from '../../users/users.service.js';
import { type Applicant, RegistrationPolicy } from '../admission/registration-policy.service.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { policyOf } from '../passwords/password-policy.service.js';
import { demandContact } from './registration-rules.js';

/** What is checked of a registration before anybody looks who is registered. */
@Injectable()
export class RegistrationAdmission {
  constructor(
    private readonly policy: RegistrationPolicy,
    private readonly newPasswords: NewPasswords,
    private readonly throttle: ThrottleService,
    private readonly users: UsersService,
  ) {}

  /**
   * @param clientId `CORE_CLIENT_ID`, or the contract through which somebody registers: it decides about the password
   * @throws RegistrationClosedError, DomainNotAllowedError, InvalidRequestError, ThrottledError, BusyError, HookDeniedError, HookUnavailableError
   * @returns the leave to make the account, and the hash of its password
   */
  async admit(
    { password, ...input }: Omit<NewAccount, 'passwordHash' | 'roles'> & { password: string },
    caller: Caller,
    clientId: string,
  ): Promise<{ admission: Admission; passwordHash: string }> {
    const policy = policyOf(clientId);
    this.policy.demandOpen();
    if (policy === 'core') demandContact(input);
    const candidate = this.policy.admit(input.email ?? null);
    await this.throttle.takeFrom('register', caller);
    const { hash } = await this.newPasswords.hash(password, { ...input, roles: NEW_ACCOUNT_ROLES }, { policy }, caller);
    this.users.check(input);
    const admission = await this.policy.decide(candidate, { ...given(input), method: 'password', clientId }, caller);
    return { admission, passwordHash: hash };
  }
}

/** What the hook is told of it. */
function given({ mobile, username, firstName, lastName, locale }: Omit<NewAccount, 'passwordHash' | 'roles'>): Omit<Applicant, 'method'> {
  return {
    mobile: mobile ?? null,
    username: username ?? null,
    firstName: firstName ?? null,
    lastName: lastName ?? null,
    locale: locale ?? null,
  };
}
