import { Injectable } from '@nestjs/common';
import { IsNull, LessThan } from 'typeorm';
import { DatabaseService } from '../../database/database.service.js';
import { Invitation } from './invitation.entity.js';

const OPEN = 'accepted_at IS NULL AND revoked_at IS NULL';

/** An invitation that is neither accepted nor revoked, and whether its time is over by the database's clock. */
export type OpenInvitation = Invitation & { expired: boolean };

/** Rows of invitations. */
@Injectable()
export class InvitationsRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Stores an invitation, or renews the open one of the address, which keeps its id. @returns the id, and when it expires */
  async open(
    { id, email, emailKey, role, invitedBy, secretId }: Pick<Invitation, 'id' | 'email' | 'emailKey' | 'role' | 'invitedBy' | 'secretId'>,
    ttlSeconds: number,
  ): Promise<{ id: string; expiresAt: Date }> {
    const { raw } = await this.database
      .repo(Invitation)
      .createQueryBuilder()
      .insert()
      .values({ id, email, emailKey, role, invitedBy, secretId, expiresAt: () => `now() + make_interval(secs => ${ttlSeconds})` })
      .orUpdate(['email', 'role', 'invited_by', 'secret_id', 'expires_at'], ['email_key'], { indexPredicate: OPEN })
      .returning('id, expires_at')
      .updateEntity(false)
      .execute();
    const [row] = raw as { id: string; expires_at: Date }[];
    if (row === undefined) throw new Error('An invitation was not stored');
    return { id: row.id, expiresAt: row.expires_at };
  }

  /** Open ones, the newest first. */
  findPage(limit: number, before?: string): Promise<Invitation[]> {
    const where = { acceptedAt: IsNull(), revokedAt: IsNull(), ...(before !== undefined && { id: LessThan(before) }) };
    return this.database.repo(Invitation).find({ where, order: { id: 'DESC' }, take: limit });
  }

  findOpen(id: string): Promise<OpenInvitation | null> {
    return this.findOne('id = :value', id);
  }

  findOpenFor(emailKey: string): Promise<OpenInvitation | null> {
    return this.findOne('email_key = :value', emailKey);
  }

  /** Of parallel calls one gets true. */
  async revoke(id: string): Promise<boolean> {
    const where = { id, acceptedAt: IsNull(), revokedAt: IsNull() };
    const { affected } = await this.database.repo(Invitation).update(where, { revokedAt: () => 'now()' });
    return affected === 1;
  }

  /** Uses it up for the account; of parallel calls one gets true. */
  async redeem(id: string, acceptedBy: string): Promise<boolean> {
    const { affected } = await this.database
      .repo(Invitation)
      .createQueryBuilder()
      .update()
      .set({ acceptedAt: () => 'now()', acceptedBy })
      .where(`id = :id AND ${OPEN} AND expires_at > now()`, { id })
      .execute();
    return affected === 1;
  }

  private async findOne(condition: string, value: string): Promise<OpenInvitation | null> {
    const { entities, raw } = await this.database
      .repo(Invitation)
      .createQueryBuilder('invitation')
      .addSelect('expires_at <= now()', 'expired')
      .where(`${condition} AND ${OPEN}`, { value })
      .getRawAndEntities<{ expired: boolean }>();
    const [invitation] = entities;
    return invitation === undefined ? null : { ...invitation, expired: raw[0]?.expired ?? true };
  }
}
