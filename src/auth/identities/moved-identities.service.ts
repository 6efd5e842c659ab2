import { Injectable } from '@nestjs/common';
import { type KnownProvider, KnownProviders } from '../providers/known-providers.service.js';
import { IdentitiesRepository, type IdentityKey, type MovedIdentity } from './identities.repository.js';

/** An identity as it is written into a file of accounts. */
export interface WrittenIdentity {
  provider: string;
  issuer: string;
  subject: string;
  email: string | null;
  emailVerified: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/**
 * Identities of accounts that move in files, of thousands at once. Nobody gets a mail, and no event of each is put on record: that of the
 * import tells of all.
 */
@Injectable()
export class MovedIdentities {
  constructor(
    private readonly identities: IdentitiesRepository,
    private readonly known: KnownProviders,
  ) {}

  /** The providers that are set up here. */
  providers(): Promise<KnownProvider[]> {
    return this.known.list();
  }

  /** Those of the identities that accounts have already. */
  async findTaken(keys: readonly IdentityKey[]): Promise<IdentityKey[]> {
    return keys.length === 0 ? [] : this.identities.findTaken(keys);
  }

  /** The identities of several accounts, by account, the oldest first. */
  async listOf(userIds: readonly string[]): Promise<Map<string, WrittenIdentity[]>> {
    const rows = await this.identities.findAllOf(userIds);
    const slugs = new Map(rows.length === 0 ? [] : (await this.known.list()).map(({ id, slug }) => [id, slug]));
    const found = new Map<string, WrittenIdentity[]>();
    for (const { userId, providerId, issuer, subject, email, emailVerified, createdAt, lastUsedAt } of rows) {
      const written = { provider: slugs.get(providerId) ?? '', issuer, subject, email, emailVerified, createdAt, lastUsedAt };
      found.set(userId, [...(found.get(userId) ?? []), written]);
    }
    return found;
  }

  /** Stores identities of accounts that were just imported; joins the caller's transaction. One that somebody linked meanwhile is left out. */
  async store(identities: readonly MovedIdentity[]): Promise<void> {
    if (identities.length > 0) await this.identities.insertMoved(identities);
  }
}
