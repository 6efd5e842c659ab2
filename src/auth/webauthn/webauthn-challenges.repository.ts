import { Injectable } from '@nestjs/common';
import { inFuture } from '../../database/conditions.js';
import { DatabaseService } from '../../database/database.service.js';
import { WebauthnChallenge } from './webauthn-challenge.entity.js';

export type OpenChallenge = Omit<WebauthnChallenge, 'expiresAt'>;

/** An answer, which names the challenge that its authenticator has signed. */
export interface AnsweredChallenge extends Omit<OpenChallenge, 'id'> {
  /** The challenge that the caller means; undefined where it names none. */
  id: string | undefined;
}

/** Open ones of the same sign-in or session: several tabs, and the autofill of a page beside its button. */
const MAX_OPEN = 5;

/** Expired ones that a new one removes: more than one, so that a rush leaves nothing behind. */
const SWEPT = 20;

/** One-time challenges of WebAuthn. A row goes when it is answered, or with one of the next ones after it has expired. */
@Injectable()
export class WebauthnChallengesRepository {
  constructor(private readonly database: DatabaseService) {}

  /** @returns when it expires, by the database's clock */
  async insert({ id, challenge, act, boundTo }: OpenChallenge, ttlSeconds: number): Promise<Date> {
    const [row] = await this.database.query<{ expiresAt: Date }>(
      `WITH expired AS (
         DELETE FROM webauthn_challenges WHERE id = ANY (ARRAY(
           SELECT id FROM webauthn_challenges WHERE expires_at < now() ORDER BY expires_at LIMIT ${SWEPT} FOR UPDATE SKIP LOCKED))),
       older AS (
         DELETE FROM webauthn_challenges WHERE id = ANY (ARRAY(
           SELECT id FROM webauthn_challenges WHERE bound_to = $4 ORDER BY id DESC OFFSET ${MAX_OPEN - 1})))
       INSERT INTO webauthn_challenges (id, challenge, act, bound_to, expires_at)
       VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) RETURNING expires_at AS "expiresAt"`,
      [id, challenge, act, boundTo, ttlSeconds],
    );
    if (row === undefined) throw new Error('A challenge was not stored');
    return row.expiresAt;
  }

  /** Uses it up. @returns false for a challenge that is unknown, used, expired, or of another sign-in, session or act */
  async redeem({ id, ...answered }: AnsweredChallenge): Promise<boolean> {
    const { affected } = await this.database
      .repo(WebauthnChallenge)
      .delete({ ...answered, ...(id === undefined ? {} : { id }), expiresAt: inFuture() });
    return affected === 1;
  }
}
