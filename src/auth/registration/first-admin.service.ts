import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { DatabaseService } from '../../database/database.service.js';
import type { NewAccount } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { RegistrationPolicy } from '../admission/registration-policy.service.js';
import { PasswordHasher } from '../passwords/password-hasher.service.js';

/** Username of the account that a fresh installation gets. */
const FIRST_ADMIN = 'admin';

/** 120 bits, 20 characters. */
const PASSWORD_BYTES = 15;

/** The account with which a fresh installation is administered. */
@Injectable()
export class FirstAdminService {
  constructor(
    private readonly users: UsersService,
    private readonly policy: RegistrationPolicy,
    private readonly hasher: PasswordHasher,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes the account `admin` if nobody has the role yet.
   * @returns its password, which is shown once and kept nowhere; null when there is an administrator
   */
  async createIfMissing(): Promise<{ username: string; password: string } | null> {
    if (await this.users.existsWithRole('admin')) return null;
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    const passwordHash = await this.hasher.hash(password, null);
    return this.database.transaction(async () => {
      // Two first starts at once: the second waits here and finds the account.
      await this.database.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['latchkey:first-admin']);
      if (await this.users.existsWithRole('admin')) return null;
      const draft: NewAccount = { username: FIRST_ADMIN, passwordHash, roles: ['admin', 'user'] };
      const account = await this.users.create(draft, this.policy.admitByOperator(null));
      await this.audit.record({ action: 'account.created', outcome: 'success', subjectId: account.id, details: { role: 'admin' } });
      return { username: FIRST_ADMIN, password };
    });
  }
}
