import { Injectable } from '@nestjs/common';
import { isUniqueViolation } from '../../database/database-errors.js';
import { DatabaseService } from '../../database/database.service.js';
import type { UpstreamIdentity } from '../providers/provider.js';
import { IdentityLinkedElsewhereError } from './errors.js';
import { Identity } from './identity.entity.js';

/** What an identity is known by. */
export type IdentityKey = Pick<Identity, 'providerId' | 'issuer' | 'subject'>;

@Injectable()
export class IdentitiesRepository {
  constructor(private readonly database: DatabaseService) {}

  find({ providerId, issuer, subject }: IdentityKey): Promise<Identity | null> {
    return this.identities.findOneBy({ providerId, issuer, subject });
  }

  /** The account's, the oldest first. */
  findAll(userId: string): Promise<Identity[]> {
    return this.identities.find({ where: { userId }, order: { id: 'ASC' } });
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
