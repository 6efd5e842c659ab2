import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { PasswordHasher } from '../auth/passwords/password-hasher.service.js';
import { PasswordPolicy } from '../auth/passwords/password-policy.service.js';
import { DatabaseService } from '../database/database.service.js';
import type { Account } from '../users/account.js';
import { UsersService } from '../users/users.service.js';

/** 120 bits, 20 characters. */
const PASSWORD_BYTES = 15;

/** Makes administrators, at the request of whoever runs the server. */
@Injectable()
export class AdminCreationService {
  constructor(
    private readonly users: UsersService,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes an account that can sign in at once: whoever runs the server vouches for its address. No mail is sent.
   * @param password null makes one up
   * @returns the password that was made up, which is kept nowhere; null when one was given
   * @throws InvalidRequestError, EmailTakenError, UsernameTakenError
   */
  async create(
    { username, email }: { username: string | null; email: string | null },
    password: string | null,
  ): Promise<{ account: Account; password: string | null }> {
    if (password !== null) this.policy.check(password, { username, email });
    const made = password === null ? randomBytes(PASSWORD_BYTES).toString('base64url') : null;
    const passwordHash = await this.hasher.hash(made ?? String(password));
    return this.database.transaction(async () => {
      const account = await this.users.create({ username, email, passwordHash, roles: ['admin', 'user'] });
      if (account.email !== null) await this.users.markEmailVerified(account.id, account.email);
      await this.users.activate(account.id);
      await this.audit.record({ action: 'account.created', outcome: 'success', subjectId: account.id, details: { role: 'admin' } });
      return { account, password: made };
    });
  }
}
