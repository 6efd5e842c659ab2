import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { secondsFromNow } from '../database/conditions.js';
import { DatabaseService } from '../database/database.service.js';
import { StoredEndpoint } from './endpoint.entity.js';

/** Why an endpoint is disabled: the receiver at this address wants nothing any more, or for so many days nothing was delivered. */
export type DisablingCause = { reason: 'gone'; url: string } | { reason: 'failing'; days: number };

/** The rows of endpoints: a handful. */
@Injectable()
export class EndpointsRepository {
  constructor(private readonly database: DatabaseService) {}

  async insert(endpoint: StoredEndpoint): Promise<void> {
    await this.endpoints.insert(endpoint);
  }

  /**
   * Makes others that register one wait until the caller's transaction ends, so that its number of endpoints stays right.
   * @returns the number, without those of listening commands
   */
  async lockCount(): Promise<number> {
    await this.database.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['latchkey:webhooks']);
    return this.endpoints.countBy({ listeningUntil: IsNull() });
  }

  /** In the order in which they were registered, without those of listening commands. */
  findAll(): Promise<StoredEndpoint[]> {
    return this.endpoints.find({ where: { listeningUntil: IsNull() }, order: { id: 'ASC' } });
  }

  /** Those to which servers send. Every server asks twice a second, also where there are none. */
  findEnabled(): Promise<StoredEndpoint[]> {
    return this.database.named<StoredEndpoint>(
      'webhook-endpoints',
      `SELECT ${this.database.columnsOf(StoredEndpoint)} FROM webhook_endpoints WHERE enabled_at IS NOT NULL AND listening_until IS NULL`,
      [],
    );
  }

  findById(id: string): Promise<StoredEndpoint | null> {
    return this.endpoints.findOneBy({ id });
  }

  /** The row, locked against other edits until the caller's transaction ends. Events are recorded meanwhile. */
  lockById(id: string): Promise<StoredEndpoint | null> {
    return this.endpoints.findOne({ where: { id, listeningUntil: IsNull() }, lock: { mode: 'for_no_key_update' } });
  }

  async update(id: string, columns: Partial<StoredEndpoint>): Promise<void> {
    await this.endpoints.update({ id }, columns);
  }

  /** @param overlapSeconds how long the previous secret signs as well */
  async replaceSecret(id: string, secret: string, previousSecret: string, overlapSeconds: number): Promise<void> {
    await this.endpoints.update({ id }, { secret, previousSecret, previousUntil: secondsFromNow(overlapSeconds) });
  }

  async delete(id: string): Promise<void> {
    await this.endpoints.delete({ id });
  }

  /** Replaces both secrets by the same ones, sealed anew; not if they were replaced meanwhile. No edit, so the version stays. */
  async reseal(id: string, old: string, secret: string, previous: string | null): Promise<void> {
    await this.database.query('UPDATE webhook_endpoints SET secret = $3, previous_secret = $4 WHERE id = $1 AND secret = $2', [
      id,
      old,
      secret,
      previous,
    ]);
  }

  /** Notes what attempts of a moment came to: since when an endpoint fails, or that it no longer does. No edit. */
  async noteHealth(working: readonly string[], failing: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE webhook_endpoints SET failing_since = CASE WHEN id = ANY ($1::uuid[]) THEN NULL ELSE now() END
       WHERE (id = ANY ($1::uuid[]) AND failing_since IS NOT NULL) OR (id = ANY ($2::uuid[]) AND failing_since IS NULL)`,
      [working, failing],
    );
  }

  /** Disables an endpoint if it is enabled, and the cause is one still. @returns null if it is not disabled by this */
  async disable(id: string, why: DisablingCause): Promise<Pick<StoredEndpoint, 'url'> | null> {
    const [disabled] = await this.database.query<{ url: string }>(
      `UPDATE webhook_endpoints SET enabled_at = NULL, disabled_reason = $2, updated_at = now(), version = version + 1
       WHERE id = $1 AND enabled_at IS NOT NULL
         AND ${why.reason === 'gone' ? 'url = $3' : 'failing_since < now() - make_interval(days => $3::int)'}
       RETURNING url`,
      [id, why.reason, why.reason === 'gone' ? why.url : why.days],
    );
    return disabled ?? null;
  }

  /** Says that a command still listens. @returns false if its endpoint is gone */
  async keepListening(id: string, seconds: number): Promise<boolean> {
    const rows = await this.database.query(
      'UPDATE webhook_endpoints SET listening_until = now() + make_interval(secs => $2) WHERE id = $1 RETURNING id',
      [id, seconds],
    );
    return rows.length > 0;
  }

  /** Deletes those of commands that no longer listen. */
  async deleteSilent(): Promise<void> {
    await this.endpoints.createQueryBuilder().delete().where(`listening_until < now() - interval '1 minute'`).execute();
  }

  private get endpoints() {
    return this.database.repo(StoredEndpoint);
  }
}
