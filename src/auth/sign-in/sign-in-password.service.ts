import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { UsersService } from '../../users/users.service.js';
import { CredentialChange } from '../passwords/credential-change.service.js';
import { BadCredentialsError } from '../passwords/errors.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { PasswordReplacement } from '../passwords/password-replacement.service.js';
import { assuranceOf } from '../factors/factor.js';
import { type Step, type UnderWay, expired } from './sign-in-step.js';
import { SignInSteps } from './sign-in-steps.service.js';

/** Choosing another password in a sign-in that demands it. */
@Injectable()
export class SignInPassword {
  constructor(
    private readonly steps: SignInSteps,
    private readonly gate: CredentialChange,
    private readonly newPasswords: NewPasswords,
    private readonly replacement: PasswordReplacement,
    private readonly users: UsersService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Replaces the password, as a change of it does, and goes on.
   * @throws InvalidRequestError when it does not keep the policy; SignInExpiredError; as `SignInSteps.advance`
   */
  async replace({ row, credentials }: UnderWay, newPassword: string, caller: Caller): Promise<Step> {
    if (credentials === null || row.epoch === null) throw expired(row);
    const rules = { policy: 'core', field: 'newPassword' } as const;
    const { account } = credentials;
    const hashed = await this.newPasswords.hash(newPassword, account, rules, caller);
    const shown = { accountId: account.id, sessionEpoch: row.epoch, aal: assuranceOf(row.passed).level };
    const authorization = await this.gate.authorize(null, 'password', { enrolling: shown }, caller);
    try {
      await this.database.transaction(async () => {
        const change = await this.gate.confirm(authorization);
        await this.replacement.replace(change, change.account, hashed, caller);
        await this.audit.record({ action: 'password.changed', outcome: 'success', actorId: account.id, subjectId: account.id, caller });
      });
    } catch (error) {
      if (error instanceof BadCredentialsError) throw expired(row);
      throw error;
    }
    // All sessions ended with the old password; this sign-in goes on.
    const renewed = await this.users.findCredentialsById(account.id);
    if (renewed === null) throw expired(row);
    const passed = row.passed.map((factor) => ({ ...factor, isWeak: false }));
    return this.steps.goOn(row, { ...row, epoch: renewed.sessionEpoch, passed, newPassword: false }, renewed, caller);
  }
}
