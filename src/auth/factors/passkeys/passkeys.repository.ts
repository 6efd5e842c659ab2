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

/** A passkey of an account that moves here. Its row in `authenticators` has the same id. */
export interface MovedPasskey extends Omit<Passkey, 'signCount'> {
  signCount: number;
}

/** The id by which authenticators know an account that moves here. */
export interface MovedHandle {
  userId: string;
  handle: Buffer;
}

const COLUMNS = `p.authenticator_id AS "authenticatorId", p.credential_id AS "credentialId", p.public_key AS "publicKey",
  p.sign_count AS "signCount", p.aaguid, p.transports, p.backup_eligible AS "backupEligible", p.backed_up AS "backedUp", p.backup_known AS "backupKnown",
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

  /** Removes what checks a passkey. @returns false when there is none */
  async remove(authenticatorId: string): Promise<boolean> {
    const { affected } = await this.database.repo(Passkey).delete({ authenticatorId });
    return affected === 1;
  }

  /** Those of these passkeys that accounts have, and those of these handles; hexadecimal. */
  async findKnown(
    credentialIds: readonly Buffer[],
    handles: readonly Buffer[],
  ): Promise<{ credentialIds: Set<string>; handles: Set<string> }> {
    const rows = await this.database.query<{ credential: string | null; handle: string | null }>(
      `SELECT encode(credential_id, 'hex') AS credential, NULL AS handle FROM passkeys
         WHERE credential_id IN (SELECT decode(given, 'hex') FROM unnest($1::text[]) given)
       UNION ALL SELECT NULL, encode(handle, 'hex') FROM webauthn_handles
         WHERE handle IN (SELECT decode(given, 'hex') FROM unnest($2::text[]) given)`,
      [credentialIds.map(toHex), handles.map(toHex)],
    );
    const known = (values: (string | null)[]): Set<string> => new Set(values.filter((value) => value !== null));
    return { credentialIds: known(rows.map(({ credential }) => credential)), handles: known(rows.map(({ handle }) => handle)) };
  }

  /** The ids by which authenticators know these accounts, of those that have one. */
  findHandles(userIds: readonly string[]): Promise<MovedHandle[]> {
    return this.database.query<MovedHandle>('SELECT user_id AS "userId", handle FROM webauthn_handles WHERE user_id = ANY ($1::uuid[])', [
      userIds,
    ]);
  }

  /**
   * Stores what checks the passkeys of accounts that were just imported, after their rows in `authenticators`. Joins the caller's
   * transaction; what `findKnown` finds is no part of it.
   */
  async insertMoved(passkeys: readonly MovedPasskey[], handles: readonly MovedHandle[]): Promise<void> {
    await this.database.query(
      `INSERT INTO webauthn_handles (user_id, handle)
       SELECT "userId", decode(handle, 'hex') FROM jsonb_to_recordset($1::jsonb) AS r("userId" uuid, handle text)`,
      [JSON.stringify(handles.map(({ userId, handle }) => ({ userId, handle: toHex(handle) })))],
    );
    await this.database.query(
      `INSERT INTO passkeys (authenticator_id, credential_id, public_key, sign_count, aaguid, transports, backup_eligible, backup_known,
         backed_up, uv_initialized)
       SELECT "authenticatorId", decode("credentialId", 'hex'), decode("publicKey", 'hex'), "signCount", aaguid,
         ARRAY(SELECT jsonb_array_elements_text(transports)), "backupEligible", "backupKnown", "backedUp", "uvInitialized"
       FROM jsonb_to_recordset($1::jsonb) AS r("authenticatorId" uuid, "credentialId" text, "publicKey" text, "signCount" bigint,
         aaguid uuid, transports jsonb, "backupEligible" boolean, "backupKnown" boolean, "backedUp" boolean, "uvInitialized" boolean)`,
      [JSON.stringify(passkeys.map((each) => ({ ...each, credentialId: toHex(each.credentialId), publicKey: toHex(each.publicKey) })))],
    );
  }

  /**
   * Notes a use, in one statement, so that of two uses with the same count one fails.
   * @returns false when the count did not rise: the passkey may have been copied. One that stays 0 is none (WebAuthn Level 3 §6.1.1)
   */
  async use({
    authenticatorId,
    signCount,
    backupEligible,
    backedUp,
    uvInitialized,
  }: Pick<Passkey, 'authenticatorId' | 'signCount' | 'backupEligible' | 'backedUp' | 'uvInitialized'>): Promise<boolean> {
    const used = await this.database.query(
      `WITH used AS (
         UPDATE passkeys SET sign_count = $2, backed_up = $3, uv_initialized = uv_initialized OR $4,
           backup_eligible = CASE WHEN backup_known THEN backup_eligible ELSE $5 END, backup_known = true
         WHERE authenticator_id = $1 AND (sign_count < $2::bigint OR (sign_count = 0 AND $2::bigint = 0)) RETURNING authenticator_id)
       UPDATE authenticators a SET last_used_at = now() FROM used WHERE a.id = used.authenticator_id RETURNING a.id`,
      [authenticatorId, signCount, backedUp, uvInitialized, backupEligible],
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

function toHex(bytes: Buffer): string {
  return bytes.toString('hex');
}
