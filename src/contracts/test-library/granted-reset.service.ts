import { Injectable } from '@nestjs/common';
import type { PasswordRules } from '../../auth/passwords/password-policy.service.js';
import { PasswordResetRequestService } from '../../auth/password-reset/password-reset-request.service.js';
import { PasswordResetService } from '../../auth/password-reset/password-reset.service.js';
import type { Caller } from '../../common/caller.js';
import { newId } from '../../common/ids.js';
import { InvalidTokenError } from '../../tokens/access-tokens/errors.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { ContractSlug } from '../shared/contract-slugs.js';
import { PasswordResetGrants } from './password-reset-grants.js';

/** Password resets for contracts whose second step identifies the first by a grant. */
@Injectable()
export class GrantedReset {
  constructor(
    private readonly requests: PasswordResetRequestService,
    private readonly resets: PasswordResetService,
    private readonly grants: PasswordResetGrants,
  ) {}

  /**
   * Requests a mail with a code, as `PasswordResetRequestService.request` does.
   * @param clientId the contract that is asked
   * @param ttlSeconds lifetime of the code
   * @returns `found`: whether an account gets a mail; `grant`: identifies the mail in the second step, and is made even if there is no mail
   * @throws ThrottledError
   */
  async request(
    identifier: string,
    caller: Caller,
    { clientId, ttlSeconds }: { clientId: ContractSlug; ttlSeconds: number },
  ): Promise<{ found: boolean; grant: string }> {
    const { found, challengeId } = await this.requests.request(identifier, caller, { clientId, ttlSeconds, codeDigits: 6 });
    return { found, grant: this.grants.write(challengeId ?? newId()) };
  }

  /**
   * Sets a new password with a grant and the code in the mail that it identifies.
   * @throws InvalidTokenError if this server did not make the grant; otherwise as `PasswordResetService.reset`
   */
  async reset(proof: { grant: string; code: string }, newPassword: string, caller: Caller, rules: PasswordRules): Promise<void> {
    const challengeId = this.grants.read(proof.grant);
    try {
      // A forged grant takes the same path, so that it counts as an attempt and its answer takes as long.
      await this.resets.reset({ challengeId: challengeId ?? newId(), code: proof.code }, newPassword, caller, rules);
    } catch (error) {
      throw challengeId === null && error instanceof InvalidChallengeError ? new InvalidTokenError() : error;
    }
  }
}
