import { Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import type { ChallengePurpose } from '../../common/declared.js';
import { NOW } from '../../database/conditions.js';
import { DatabaseService } from '../../database/database.service.js';
import { Challenge } from './challenge.entity.js';
import { OPEN } from './challenges.repository.js';
import type { ProvenChallenge } from './challenges.service.js';

/** Which open challenges of an account stay open. */
export interface Spared {
  /** Challenges for these purposes. */
  readonly purposes: readonly ChallengePurpose[];
  /** Challenges for {@link proving} that went to these addresses and numbers. */
  readonly addresses: readonly string[];
  readonly proving: readonly ChallengePurpose[];
}

/** Closes rows of `challenges` that are open; joins the caller's transaction. */
@Injectable()
export class ChallengeClosingRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Closes the account's open challenges for a purpose, or for every purpose. */
  async close(userId: string, purpose?: ChallengePurpose): Promise<void> {
    await this.challenges.update({ userId, ...(purpose && { purpose }), ...OPEN }, { supersededAt: NOW });
  }

  /** Closes the open challenges of an account but those spared. */
  async closeBut(userId: string, { purposes, addresses, proving }: Spared): Promise<void> {
    await this.challenges
      .createQueryBuilder()
      .update()
      .set({ supersededAt: NOW })
      .where({ userId, purpose: Not(In(purposes)), ...OPEN })
      .andWhere('NOT (purpose = ANY (:proving) AND address = ANY (:addresses))', { proving, addresses })
      .execute();
  }

  /** Closes the account's open challenges for a purpose that were made after this one. */
  async closeNewer(purpose: ChallengePurpose, { id, userId }: ProvenChallenge): Promise<void> {
    await this.challenges
      .createQueryBuilder()
      .update()
      .set({ supersededAt: NOW })
      .where({ userId, purpose, ...OPEN })
      .andWhere('created_at > (SELECT this.created_at FROM challenges this WHERE this.id = :id)', { id })
      .execute();
  }

  /** Marks the open bound challenges for these purposes that went to this address as settled, and closes those that undo nothing. */
  async settle(userId: string, address: string, purposes: readonly ChallengePurpose[]): Promise<void> {
    await this.challenges
      .createQueryBuilder()
      .update()
      .set({
        bound: () => `bound || '{"settled": true}'`,
        supersededAt: () => `CASE WHEN bound->'undo' = 'null'::jsonb THEN now() END`,
      })
      .where({ userId, address, purpose: In([...purposes]), bound: Not(IsNull()), ...OPEN })
      .execute();
  }

  private get challenges() {
    return this.database.repo(Challenge);
  }
}
