import { Injectable } from '@nestjs/common';
import type { Authenticator } from './authenticator.entity.js';
import { AuthenticatorsRepository, type MovedAuthenticator } from './authenticators.repository.js';
import type { RecoveryCode } from './recovery-code.entity.js';
import { type MovedRecoveryCode, RecoveryCodesRepository } from './recovery-codes.repository.js';

/**
 * Authenticators and recovery codes of accounts that move in files, of thousands at once. Nobody gets a mail, and no event of each is put on
 * record: that of the import tells of all.
 */
@Injectable()
export class MovedAuthenticators {
  constructor(
    private readonly authenticators: AuthenticatorsRepository,
    private readonly codes: RecoveryCodesRepository,
  ) {}

  /** The confirmed ones of several accounts, the oldest first. */
  listOf(userIds: readonly string[]): Promise<Authenticator[]> {
    return this.authenticators.findConfirmedOf(userIds);
  }

  recoveryCodesOf(userIds: readonly string[]): Promise<RecoveryCode[]> {
    return this.codes.findAllOf(userIds);
  }

  /** Since when these accounts want a second factor, as RFC 3339 with all digits; null for one that does not. */
  demandsOf(userIds: readonly string[]): Promise<{ id: string; mfaRequiredAt: string | null }[]> {
    return this.authenticators.findDemands(userIds);
  }

  /** Stores what accounts have that were just imported; joins the caller's transaction. */
  async store(authenticators: readonly MovedAuthenticator[], codes: readonly MovedRecoveryCode[]): Promise<void> {
    if (authenticators.length > 0) await this.authenticators.insertMoved(authenticators);
    if (codes.length > 0) await this.codes.insertMoved(codes);
  }
}
