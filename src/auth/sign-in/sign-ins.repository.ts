import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isId, newId } from '../../common/ids.js';
import { Secrets } from '../../config/secrets.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Part } from '../../database/part.js';
import { FactorRegistry } from '../factors/factor-registry.service.js';
import { OpenSignIn } from './open-sign-in.entity.js';

/** A sign-in lasts so long from its beginning, whatever happens in it, seconds. */
export const SIGN_IN_SECONDS = 15 * 60;

/** Wrong tries, of all factors together, that end a sign-in. */
const MOST_TRIES = 10;

const SECRET_BYTES = 32;
const SECRET = /^[\w-]{43}$/;

/** What a sign-in begins with. */
export type NewSignIn = Pick<
  OpenSignIn,
  | 'purpose'
  | 'mode'
  | 'identifier'
  | 'userId'
  | 'sessionId'
  | 'epoch'
  | 'requiredAal'
  | 'passed'
  | 'newPassword'
  | 'deviceId'
  | 'returnTo'
  | 'ip'
  | 'userAgent'
>;

/** What a step changes. */
export type SignInStep = Partial<
  Pick<OpenSignIn, 'userId' | 'epoch' | 'identifier' | 'passed' | 'newPassword' | 'trustDevice' | 'deviceId' | 'link'>
>;

/** Rows of sign-ins that are under way. Every one is found by its id and its secret together. */
@Injectable()
export class SignInsRepository {
  private columnNames: string | undefined;

  constructor(
    private readonly database: DatabaseService,
    private readonly secrets: Secrets,
    private readonly factors: FactorRegistry,
  ) {}

  /** @returns the row, and the secret that nobody but the caller gets */
  async insert(signIn: NewSignIn): Promise<{ row: OpenSignIn; secret: string }> {
    const id = newId();
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const [row] = await this.database.named<OpenSignIn>(
      'sign-in-insert',
      `INSERT INTO sign_ins (id, secret_mac, purpose, mode, identifier, user_id, session_id, epoch, required_aal, passed, new_password, device_id,
         return_to, ip, user_agent, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, now() + make_interval(secs => $16))
       RETURNING ${this.columns}`,
      [
        id,
        this.secrets.mac('sign-ins', macText(id, secret)),
        signIn.purpose,
        signIn.mode,
        signIn.identifier,
        signIn.userId,
        signIn.sessionId,
        signIn.epoch,
        signIn.requiredAal,
        JSON.stringify(signIn.passed),
        signIn.newPassword,
        signIn.deviceId,
        signIn.returnTo,
        signIn.ip,
        signIn.userAgent,
        SIGN_IN_SECONDS,
      ],
    );
    if (row === undefined) throw new Error('INSERT … RETURNING gave no row');
    return { row, secret };
  }

  /** The sign-in, open or not, and whether its time or its tries are over; null for a wrong secret, too. */
  async find(id: string, secret: string | undefined): Promise<{ row: OpenSignIn; isOver: boolean } | null> {
    const macs = this.macsOf(id, secret);
    if (macs === null) return null;
    const [row] = await this.database.named<OpenSignIn & { isOver: boolean }>(
      'sign-in-find',
      `SELECT ${this.columns}, expires_at <= now() OR tries >= ${MOST_TRIES} AS "isOver" FROM sign_ins WHERE id = $1 AND secret_mac = ANY ($2::bytea[])`,
      [id, macs],
    );
    return row === undefined ? null : { row, isOver: row.isOver };
  }

  /**
   * Counts a try before it is looked at, so that no number of tries at once is more than there may be.
   * @returns the row; null if it is not open, or not the caller's
   */
  async beginTry(id: string, secret: string | undefined): Promise<OpenSignIn | null> {
    const macs = this.macsOf(id, secret);
    if (macs === null) return null;
    const [row] = await this.database.named<OpenSignIn>(
      'sign-in-try',
      `UPDATE sign_ins SET tries = tries + 1
       WHERE id = $1 AND secret_mac = ANY ($2::bytea[]) AND completed_at IS NULL AND expires_at > now() AND tries < ${MOST_TRIES}
       RETURNING ${this.columns}`,
      [id, macs],
    );
    return row ?? null;
  }

  /** Takes back a try that was not looked at. */
  async takeBackTry(id: string): Promise<void> {
    await this.database.repo(OpenSignIn).decrement({ id }, 'tries', 1);
  }

  /** An open sign-in, without its secret: for what is bound to it in another way. */
  async findOpen(id: string): Promise<OpenSignIn | null> {
    const [row] = await this.database.named<OpenSignIn>(
      'sign-in-open',
      `SELECT ${this.columns} FROM sign_ins WHERE id = $1 AND completed_at IS NULL AND expires_at > now() AND tries < ${MOST_TRIES}`,
      [id],
    );
    return row ?? null;
  }

  /**
   * Goes on from the version that was read.
   * @param endsTry whether the step was tried with `beginTry`
   * @returns the row; null when another request was faster, or it is over
   */
  async step(row: OpenSignIn, step: SignInStep, { endsTry = true }: { endsTry?: boolean } = {}): Promise<OpenSignIn | null> {
    const { sql, values } = this.stepping({ ...row, ...step }, { completes: false, endsTry });
    const [next] = await this.database.named<OpenSignIn>('sign-in-step', sql, values);
    return next ?? null;
  }

  /** Completes a sign-in that raises a session. @returns false when another request was faster, it is over, or a passed factor is gone */
  async complete(row: OpenSignIn): Promise<boolean> {
    const { sql, values } = this.stepping(row, { completes: true, endsTry: true });
    return (await this.database.named('sign-in-complete', sql, values)).length > 0;
  }

  /**
   * Part of the statement that opens the session: completes the sign-in. No row when another request was faster, it is over, all sessions
   * of the account ended, or a passed factor is gone.
   */
  completing(row: OpenSignIn): Part {
    const { sql, values } = this.stepping(row, { completes: true, endsTry: true });
    const isCurrent = `EXISTS (SELECT FROM users u WHERE u.id = $3 AND u.session_epoch = $4 AND u.disabled_at IS NULL)`;
    return { as: 'completed', sql: sql.replace('RETURNING', `AND ${isCurrent} RETURNING`), values };
  }

  /** Whether all factors that have passed still count: the provider is enabled, the passkey there, the address the account's. */
  async stillHolds({ userId, passed }: OpenSignIn): Promise<boolean> {
    const [row] = await this.database.query<{ holds: boolean }>(`SELECT ${this.holding('$1::uuid', '$2::jsonb')} AS holds`, [
      userId,
      JSON.stringify(passed),
    ]);
    return row?.holds === true;
  }

  private holding(userId: string, passed: string): string {
    return `NOT EXISTS (SELECT FROM jsonb_to_recordset(${passed}) AS p(type text, "authenticatorId" uuid, address text), users u
         WHERE u.id = ${userId} AND NOT (${this.factors.holding}))`;
  }

  private stepping(row: OpenSignIn, { completes, endsTry }: { completes: boolean; endsTry: boolean }) {
    const { id, version, userId, epoch, passed, newPassword, trustDevice, deviceId, identifier, link } = row;
    const sql = `UPDATE sign_ins SET version = version + 1, user_id = $3::uuid, epoch = $4::integer, passed = $5::jsonb, new_password = $6::boolean,
         trust_device = $7::boolean, device_id = $8::uuid, identifier = $9::text, link = $10::jsonb,
         tries = greatest(tries - $11::integer, 0), completed_at = ${completes ? 'now()' : 'NULL'}
       WHERE id = $1 AND version = $2 AND completed_at IS NULL AND expires_at > now()${completes ? ` AND ${this.holding('$3::uuid', '$5::jsonb')}` : ''}
       RETURNING ${this.columns}`;
    const linked = link === null ? null : JSON.stringify(link);
    const step = [userId, epoch, JSON.stringify(passed), newPassword, trustDevice, deviceId, identifier, linked];
    return { sql, values: [id, version, ...step, endsTry ? 1 : 0] };
  }

  private macsOf(id: string, secret: string | undefined): Buffer[] | null {
    return secret !== undefined && isId(id) && SECRET.test(secret) ? this.secrets.macs('sign-ins', macText(id, secret)) : null;
  }

  private get columns(): string {
    return (this.columnNames ??= `${this.database.columnsOf(OpenSignIn)}, (SELECT s.amr FROM sessions s WHERE s.id = session_id) AS "earlierMethods"`);
  }
}

function macText(id: string, secret: string): string {
  return `${id.toLowerCase()} ${secret}`;
}
