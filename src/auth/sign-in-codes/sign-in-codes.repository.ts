import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../../database/database.service.js';
import { type CodeType, SignInCode } from './sign-in-code.entity.js';

/** Codes that are compared with one; the sign-in ends after ten wrong tries of all kinds. */
const MOST_TRIES = 5;

/** What a new code is stored with. */
export type NewSignInCode = Pick<
  SignInCode,
  'id' | 'signInId' | 'type' | 'userId' | 'epoch' | 'address' | 'returnTo' | 'secretId' | 'codeMac' | 'codeDigits'
>;

/** A code with what it proves, and whether its time is over by the database's clock. */
export type StoredSignInCode = NewSignInCode & Pick<SignInCode, 'expiresAt'> & { expired: boolean };

const COLUMNS = `id, sign_in_id AS "signInId", type, user_id AS "userId", epoch, address, return_to AS "returnTo", secret_id AS "secretId",
  code_mac AS "codeMac", code_digits AS "codeDigits", expires_at AS "expiresAt", expires_at <= now() AS expired`;

const OPEN = 'consumed_at IS NULL AND superseded_at IS NULL';

/** Rows of codes of sign-ins; they go with their sign-in. */
@Injectable()
export class SignInCodesRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Stores a code in place of the sign-in's earlier one of the type. @returns when it expires, by the database's clock */
  async replace(code: NewSignInCode, ttlSeconds: number): Promise<Date> {
    const [row] = await this.database.query<{ expiresAt: Date }>(
      `WITH earlier AS (UPDATE sign_in_codes SET superseded_at = now() WHERE sign_in_id = $2 AND type = $3 AND ${OPEN})
       INSERT INTO sign_in_codes (id, sign_in_id, type, user_id, epoch, address, return_to, secret_id, code_mac, code_digits, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(secs => $11)) RETURNING expires_at AS "expiresAt"`,
      [
        code.id,
        code.signInId,
        code.type,
        code.userId,
        code.epoch,
        code.address,
        code.returnTo,
        code.secretId,
        code.codeMac,
        code.codeDigits,
        ttlSeconds,
      ],
    );
    if (row === undefined) throw new Error('A code was not stored');
    return row.expiresAt;
  }

  /** Whether a code that went to the address still works, in whichever sign-in. */
  isLive(address: string, type: CodeType): Promise<boolean> {
    return this.database
      .repo(SignInCode)
      .createQueryBuilder()
      .where({ address, type })
      .andWhere(`${OPEN} AND expires_at > now() AND tries < ${MOST_TRIES}`)
      .getExists();
  }

  /** Whether the sign-in has asked for this code. */
  has(signInId: string, type: CodeType, id: string): Promise<boolean> {
    return this.database.repo(SignInCode).existsBy({ id, signInId, type });
  }

  /**
   * Counts a try before it is compared, so that no number of tries at once is more than there may be.
   * @returns the code; null for one that is used, replaced, expired, tried too often, or of another sign-in
   */
  async beginTry(signInId: string, type: CodeType, id: string): Promise<StoredSignInCode | null> {
    const [row] = await this.database.query<StoredSignInCode>(
      `UPDATE sign_in_codes SET tries = tries + 1
       WHERE id = $1 AND sign_in_id = $2 AND type = $3 AND ${OPEN} AND expires_at > now() AND tries < ${MOST_TRIES}
       RETURNING ${COLUMNS}`,
      [id, signInId, type],
    );
    return row ?? null;
  }

  /** The code, if it is neither used nor replaced. */
  async findOpen(id: string): Promise<StoredSignInCode | null> {
    const [row] = await this.database.query<StoredSignInCode>(`SELECT ${COLUMNS} FROM sign_in_codes WHERE id = $1 AND ${OPEN}`, [id]);
    return row ?? null;
  }

  async assign(id: string, userId: string): Promise<void> {
    await this.database.repo(SignInCode).update({ id }, { userId });
  }

  /** Uses it up; of parallel calls one gets true. */
  async consume(id: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE sign_in_codes SET consumed_at = now() WHERE id = $1 AND ${OPEN} AND expires_at > now() RETURNING id`,
      [id],
    );
    return rows.length > 0;
  }
}
