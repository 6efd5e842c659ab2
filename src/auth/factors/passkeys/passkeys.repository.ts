import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { isUniqueViolation } from '../../../database/database-errors.js';
import { DatabaseService } from '../../../database/database.service.js';
import { AuthenticatorExistsError } from '../../authenticators/errors.js';
import { Passkey } from './passkey.entity.js';

/** A passkey with its owner. */
export interface OwnedPasskey extends Passkey {
  userId: string;
  /** The id by which authenticators know the owner; null if none was made yet. */
  handle: Buffer | null;
}

const COLUMNS = `p.authenticator_id AS "authenticatorId", p.credential_id AS "credentialId", p.public_key AS "publicKey",
  p.sign_count AS "signCount", p.aaguid, p.transports, p.backup_eligible AS "backupEligible", p.backed_up AS "backedUp",
  p.uv_initialized AS "uvInitialized"`;

@Injectable()
export class PasskeysRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Whoever's it is; null if there is none. */
  async findByCredentialId(credentialId: Buffer): Promise<OwnedPasskey | null> {
    const [found] = await this.database.query<OwnedPasskey>(
      `SELECT ${COLUMNS}, a.user_id AS "userId", h.handle
       FROM passkeys p JOIN authenticators a ON a.id = p.authenticator_id LEFT JOIN webauthn_handles h ON h.user_id = a.user_id
       WHERE p.credential_id = $1 AND a.confirmed_at IS NOT NULL`,
      [credentialId],
    );
    return found ?? null;
  }

  findByIds(ids: readonly string[]): Promise<Passkey[]> {
    return this.database.repo(Passkey).findBy({ authenticatorId: In([...ids]) });
  }

  /** @throws AuthenticatorExistsError when some account has the credential */
  async insert(passkey: Passkey): Promise<void> {
    try {
      await this.database.repo(Passkey).insert(passkey);
    } catch (error) {
      throw isUniqueViolation(error, 'uq_passkeys_credential')
        ? new AuthenticatorExistsError('This passkey is registered already.')
        : error;
    }
  }

  /**
   * Notes a use, in one statement, so that of two uses with the same count one fails.
   * @returns false when the count did not rise: the passkey may have been copied. One that stays 0 is none (WebAuthn Level 3 §6.1.1)
   */
  async use({
    authenticatorId,
    signCount,
    backedUp,
    uvInitialized,
  }: Pick<Passkey, 'authenticatorId' | 'signCount' | 'backedUp' | 'uvInitialized'>): Promise<boolean> {
    const used = await this.database.query(
      `WITH used AS (
         UPDATE passkeys SET sign_count = $2, backed_up = $3, uv_initialized = uv_initialized OR $4
         WHERE authenticator_id = $1 AND (sign_count < $2::bigint OR (sign_count = 0 AND $2::bigint = 0)) RETURNING authenticator_id)
       UPDATE authenticators a SET last_used_at = now() FROM used WHERE a.id = used.authenticator_id RETURNING a.id`,
      [authenticatorId, signCount, backedUp, uvInitialized],
    );
    return used.length > 0;
  }

  /**
   * The id by which authenticators know the account; stores `candidate` if it has none yet.
   * @throws AuthenticatorExistsError when another account has the candidate
   */
  async handleOf(userId: string, candidate: Buffer): Promise<Buffer> {
    try {
      const [row] = await this.database.query<{ handle: Buffer }>(
        // The update changes nothing; without it a row that exists would not be returned.
        `INSERT INTO webauthn_handles AS h (user_id, handle) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id RETURNING h.handle`,
        [userId, candidate],
      );
      if (row === undefined) throw new Error('The handle of an account was not stored');
      return row.handle;
    } catch (error) {
      const isTaken = isUniqueViolation(error, 'uq_webauthn_handles_handle');
      throw isTaken ? new AuthenticatorExistsError('These passkeys are of another account.') : error;
    }
  }
}
