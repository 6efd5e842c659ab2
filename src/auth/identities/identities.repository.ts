import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { isUniqueViolation } from '../../database/database-errors.js';
import { DatabaseService } from '../../database/database.service.js';
import type { UpstreamIdentity } from '../providers/provider.js';
import { IdentityLinkedElsewhereError } from './errors.js';
import { Identity } from './identity.entity.js';

/** What an identity is known by. */
export type IdentityKey = Pick<Identity, 'providerId' | 'issuer' | 'subject'>;

/** An identity on its way from a file. Times are RFC 3339; null for one that nobody knows. */
export interface MovedIdentity extends IdentityKey, Pick<Identity, 'id' | 'userId' | 'email' | 'emailVerified'> {
  createdAt: string | null;
  lastUsedAt: string | null;
}

@Injectable()
export class IdentitiesRepository {
  constructor(private readonly database: DatabaseService) {}

  find({ providerId, issuer, subject }: IdentityKey): Promise<Identity | null> {
    return this.identities.findOneBy({ providerId, issuer, subject });
  }

  findById(id: string): Promise<Identity | null> {
    return this.identities.findOneBy({ id });
  }

  /** The account's, the oldest first. */
  findAll(userId: string): Promise<Identity[]> {
    return this.identities.find({ where: { userId }, order: { id: 'ASC' } });
  }

  /** Those of several accounts, the oldest first. */
  findAllOf(userIds: readonly string[]): Promise<Identity[]> {
    return this.identities.find({ where: { userId: In([...userIds]) }, order: { id: 'ASC' } });
  }

  /** Those of the keys that accounts have. */
  findTaken(keys: readonly IdentityKey[]): Promise<IdentityKey[]> {
    return this.database.query<IdentityKey>(
      `SELECT i.provider_id AS "providerId", i.issuer, i.subject FROM identities i
       JOIN jsonb_to_recordset($1::jsonb) AS k("providerId" uuid, issuer text, subject text)
         ON i.provider_id = k."providerId" AND i.issuer = k.issuer AND i.subject = k.subject`,
      [JSON.stringify(keys)],
    );
  }

  /** Stores those of an import; one that somebody has meanwhile stays theirs. */
  async insertMoved(moved: readonly MovedIdentity[]): Promise<void> {
    await this.database.query(
      `INSERT INTO identities (id, user_id, provider_id, issuer, subject, email, email_verified, profile, created_at, last_used_at)
       SELECT id, "userId", "providerId", issuer, subject, email, "emailVerified",
         '{"name": null, "firstName": null, "lastName": null, "picture": null}', coalesce("createdAt", now()), "lastUsedAt"
       FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, "userId" uuid, "providerId" uuid, issuer text, subject text, email text,
         "emailVerified" boolean, "createdAt" timestamptz, "lastUsedAt" timestamptz)
       ON CONFLICT ON CONSTRAINT uq_identities_subject DO NOTHING`,
      [JSON.stringify(moved)],
    );
  }

  /** @throws IdentityLinkedElsewhereError, also when two requests race */
  async insert(identity: Identity): Promise<void> {
    try {
      await this.identities.insert(identity);
    } catch (error) {
      throw isUniqueViolation(error, 'uq_identities_subject') ? new IdentityLinkedElsewhereError() : error;
    }
  }

  /** Notes that somebody signed in by it, and what its provider told then. */
  async use(id: string, { email, emailVerified, profile }: UpstreamIdentity): Promise<void> {
    await this.identities.update({ id }, { email, emailVerified, profile, lastUsedAt: () => 'now()' });
  }

  /** Removes one, or all of the account's. @returns how many */
  async remove(userId: string, id?: string): Promise<number> {
    const { affected } = await this.identities.delete({ userId, ...(id === undefined ? {} : { id }) });
    return affected ?? 0;
  }

  private get identities() {
    return this.database.repo(Identity);
  }
}
