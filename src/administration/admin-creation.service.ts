import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { RegistrationPolicy } from '../auth/admission/registration-policy.service.js';
import { PasswordHasher } from '../auth/passwords/password-hasher.service.js';
import { PasswordPolicy } from '../auth/passwords/password-policy.service.js';
import type { Role } from '../common/access.js';
import { DatabaseService } from '../database/database.service.js';
import type { Account } from '../users/account.js';
import { UsersService } from '../users/users.service.js';

const ROLES_OF_ADMINISTRATORS: readonly Role[] = ['admin', 'user'];

/** 120 bits, 20 characters. */
const PASSWORD_BYTES = 15;

/** Creates administrators for the operator of the server. */
@Injectable()
export class AdminCreationService {
  constructor(
    private readonly users: UsersService,
    private readonly registration: RegistrationPolicy,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates an account that can sign in at once: the address counts as proven, because the operator vouches for it. No mail is sent.
   * @param password null generates one
   * @returns the generated password, which is stored nowhere; null when one was given
   * @throws InvalidRequestError, EmailTakenError, UsernameTakenError
   */
  async create(
    { username, email }: { username: string | null; email: string | null },
    password: string | null,
  ): Promise<{ account: Account; password: string | null }> {
    if (password !== null) this.policy.check(password, { username, email, roles: ROLES_OF_ADMINISTRATORS });
    const made = password === null ? randomBytes(PASSWORD_BYTES).toString('base64url') : null;
    const passwordHash = await this.hasher.hash(made ?? String(password), null);
    return this.database.transaction(async () => {
      const draft = { username, email, passwordHash, roles: [...ROLES_OF_ADMINISTRATORS] };
      const account = await this.users.create(draft, this.registration.admitByOperator(email));
      if (account.email !== null) await this.users.markEmailVerified(account.id, account.email, 'by-owner');
      await this.users.activate(account.id);
      await this.audit.record({ action: 'account.created', outcome: 'success', subjectId: account.id, details: { role: 'admin' } });
      return { account, password: made };
    });
  }
}
