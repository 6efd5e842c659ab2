import { Injectable } from '@nestjs/common';
import type { PasswordRules } from '../../auth/passwords/password-policy.service.js';
import { PasswordResetRequestService } from '../../auth/passwords/password-reset-request.service.js';
import { PasswordResetService } from '../../auth/passwords/password-reset.service.js';
import type { Caller } from '../../common/caller.js';
import { newId } from '../../common/ids.js';
import { InvalidTokenError } from '../../tokens/access-tokens/errors.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import { PasswordResetGrants } from './password-reset-grants.js';

/** Resets of the password for wire formats whose second step has to name the first, by a grant. */
@Injectable()
export class GrantedReset {
  constructor(
    private readonly requests: PasswordResetRequestService,
    private readonly resets: PasswordResetService,
    private readonly grants: PasswordResetGrants,
  ) {}

  /**
   * Asks for a mail with a code, as `PasswordResetRequestService.request` does.
   * @param ttlSeconds lifetime of the code
   * @returns `found`: whether there is an account that gets a mail; `grant`: names the mail in the second step, and is written whether or
   *   not there is one
   * @throws ThrottledError
   */
  async request(identifier: string, caller: Caller, ttlSeconds: number): Promise<{ found: boolean; grant: string }> {
    const { found, challengeId } = await this.requests.request(identifier, caller, { ttlSeconds });
    return { found, grant: this.grants.write(challengeId ?? newId()) };
  }

  /**
   * Sets a new password by a grant and the code of the mail that it names.
   * @throws InvalidTokenError when this server did not write the grant; otherwise as `PasswordResetService.reset`
   */
  async reset(proof: { grant: string; code: string }, newPassword: string, caller: Caller, rules: PasswordRules): Promise<void> {
    const challengeId = this.grants.read(proof.grant);
    try {
      // A forged grant goes the same way, so that it counts as a try and is answered neither earlier nor later.
      await this.resets.reset({ challengeId: challengeId ?? newId(), code: proof.code }, newPassword, caller, rules);
    } catch (error) {
      throw challengeId === null && error instanceof InvalidChallengeError ? new InvalidTokenError() : error;
    }
  }
}
