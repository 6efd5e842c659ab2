import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { inFuture } from '../../../database/conditions.js';
import { DatabaseService } from '../../../database/database.service.js';
import { ProviderRequest } from './provider-request.entity.js';

/** Open ones of the same sign-in or session: several tabs, and going back and forth. */
const MAX_OPEN = 5;

/** Expired ones that a new one removes: more than one, so that a rush leaves nothing behind. */
const SWEPT = 20;

/** Rows of browsers that are at a provider. A row goes when its browser comes back, or with one of the next ones after it has expired. */
@Injectable()
export class ProviderRequestsRepository {
  private columnNames: string | undefined;

  constructor(private readonly database: DatabaseService) {}

  /** @returns when it expires, by the database's clock */
  async insert(request: Omit<ProviderRequest, 'expiresAt'>, ttlSeconds: number): Promise<Date> {
    const { id, stateMac, browserMac, providerId, boundTo, link, sealed, returnTo } = request;
    const [row] = await this.database.query<{ expiresAt: Date }>(
      `WITH expired AS (
         DELETE FROM provider_requests WHERE id = ANY (ARRAY(
           SELECT id FROM provider_requests WHERE expires_at < now() ORDER BY expires_at LIMIT ${SWEPT} FOR UPDATE SKIP LOCKED))),
       older AS (
         DELETE FROM provider_requests WHERE id = ANY (ARRAY(
           SELECT id FROM provider_requests WHERE bound_to = $5 ORDER BY id DESC OFFSET ${MAX_OPEN - 1})))
       INSERT INTO provider_requests (id, state_mac, browser_mac, provider_id, bound_to, link, sealed, return_to, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, now() + make_interval(secs => $9)) RETURNING expires_at AS "expiresAt"`,
      [id, stateMac, browserMac, providerId, boundTo, link === null ? null : JSON.stringify(link), sealed, returnTo, ttlSeconds],
    );
    if (row === undefined) throw new Error('A request to a provider was not stored');
    return row.expiresAt;
  }

  /** Uses it up. @returns null for one that is unknown, used, expired, or of another provider or browser */
  async redeem(providerId: string, stateMacs: Buffer[], browserMacs: Buffer[]): Promise<ProviderRequest | null> {
    this.columnNames ??= this.database.columnsOf(ProviderRequest);
    const [row] = await this.database.query<ProviderRequest>(
      `DELETE FROM provider_requests
       WHERE provider_id = $1 AND state_mac = ANY ($2::bytea[]) AND browser_mac = ANY ($3::bytea[]) AND expires_at > now()
       RETURNING ${this.columnNames}`,
      [providerId, stateMacs, browserMacs],
    );
    return row ?? null;
  }

  /** Whether it waits, in whichever browser. */
  isOpen(providerId: string, stateMacs: Buffer[]): Promise<boolean> {
    return this.database.repo(ProviderRequest).existsBy({ providerId, stateMac: In(stateMacs), expiresAt: inFuture() });
  }
}
