import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { Caller } from '../common/caller.js';
import { InvalidRequestError } from '../common/errors.js';
import { DatabaseService } from '../database/database.service.js';
import { networkOf } from '../throttling/client-network.js';
import { ThrottleService } from '../throttling/throttle.service.js';
import type { Account, NewAccount } from '../users/account.js';
import { UsersService } from '../users/users.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import { PasswordHasher } from './passwords/password-hasher.service.js';
import { PasswordPolicy, type PasswordPolicyName } from './passwords/password-policy.service.js';

/** What somebody registers with. */
export interface Registration extends Omit<NewAccount, 'passwordHash' | 'roles'> {
  password: string;
}

/** Creating accounts. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersService,
    private readonly verification: EmailVerificationService,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates an unverified account and queues its confirmation mail: both or neither. Never touches an account that exists.
   * @throws InvalidRequestError, EmailTakenError, UsernameTakenError, MobileTakenError, also when requests race; ThrottledError, BusyError
   */
  async register({ password, ...input }: Registration, caller: Caller, policy: PasswordPolicyName = 'core'): Promise<Account> {
    if (input.email == null && input.mobile == null && policy === 'core') {
      throw InvalidRequestError.field('email', 'identifier.missing', 'Give an e-mail address, a mobile number, or both.');
    }
    await this.throttle.take({ limit: 'register', of: networkOf(caller.ip) }, caller);
    this.policy.check(password, input, { policy });
    const passwordHash = await this.hasher.hash(password); // slow by design: outside the transaction
    return this.database.transaction(async () => {
      const account = await this.users.create({ ...input, passwordHash });
      await this.verification.send(account);
      await this.audit.record({ action: 'account.registered', outcome: 'success', actorId: account.id, subjectId: account.id, caller });
      return account;
    });
  }
}
