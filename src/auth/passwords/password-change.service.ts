import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { areElevated } from '../../common/access.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import type { Principal } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { CredentialChange } from './credential-change.service.js';
import { NewPasswords } from './new-passwords.service.js';
import type { PasswordRules } from './password-policy.service.js';
import { PasswordReplacement } from './password-replacement.service.js';

/** Which rules a new password has to keep beside the old one. */
export interface NewPasswordRules extends PasswordRules {
  /** Whether it may not be the current one; so by default under the `core` policy, and for accounts with elevated roles. */
  mustDiffer?: boolean;
}

/** Changing a password that its owner knows. */
@Injectable()
export class PasswordChangeService {
  constructor(
    private readonly gate: CredentialChange,
    private readonly newPasswords: NewPasswords,
    private readonly replacement: PasswordReplacement,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Replaces the password, or gives one to an account that has none, whose session then has to show a recent proof. Every session ends, the caller's own too, as do all open codes and links but those that prove what an unproven
   * account registered with; a notice goes out. `LIMIT_EDITS` counts an account's changes.
   * A new one that must differ and does not is refused by the rule `password.unchanged`.
   * @throws StepUpRequiredError; BadCredentialsError when the current password is wrong (counted by the throttle like a sign-in), or stopped being the
   *   account's meanwhile; InvalidRequestError, ThrottledError, BusyError
   */
  async change(
    user: Principal,
    { currentPassword, newPassword }: { currentPassword?: string | undefined; newPassword: string },
    caller: Caller,
    { policy = 'core', field = 'newPassword', mustDiffer = policy === 'core' }: NewPasswordRules = {},
  ): Promise<void> {
    // Twice: what fails for anybody need not cost a comparison, and the owner's names and roles are known only afterwards.
    this.newPasswords.check(newPassword, { policy, field });
    const authorization = await this.gate.authorize(user, 'password', { password: currentPassword, field: 'currentPassword' }, caller);
    const { account: owner } = authorization;
    // Only of those who know the password, and apart from other edits: a stolen session must not keep the owner from changing it.
    await this.throttle.take({ limit: 'edit', of: `password:${owner.id}` }, caller);
    if ((mustDiffer || areElevated(owner.roles)) && newPassword.normalize('NFC') === currentPassword?.normalize('NFC')) {
      throw InvalidRequestError.field(field, 'password.unchanged', 'This is your password already. Choose another.');
    }
    const password = await this.newPasswords.hash(newPassword, owner, { policy, field }, caller); // slow by design: outside the transaction
    await this.database.transaction(async () => {
      // Without this a thief who knows the old password could overtake the owner's reset.
      const change = await this.gate.confirm(authorization);
      const { account, actorId } = change;
      await this.replacement.replace(change, account, password, caller);
      await this.audit.record({ action: 'password.changed', outcome: 'success', actorId, subjectId: account.id, caller });
    });
  }
}
