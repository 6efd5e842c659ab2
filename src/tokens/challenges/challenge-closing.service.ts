import { Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import { Catalogue } from '../../common/catalogue.js';
import type { ChallengePurpose } from '../../common/declared.js';
import { NOW } from '../../database/conditions.js';
import { DatabaseService } from '../../database/database.service.js';
import { Challenge } from './challenge.entity.js';
import { OPEN } from './challenges.repository.js';
import type { ProvenChallenge } from './challenges.service.js';

/** Closes codes and links that are open and must not work any more; joins the caller's transaction. */
@Injectable()
export class ChallengeClosing {
  /** Purposes of which the challenges stay open when the others of an account are closed. */
  private readonly lasting: readonly ChallengePurpose[];
  /** Purposes of which an account has as many as there are acts. */
  private readonly manifold: readonly ChallengePurpose[];
  /** Purposes of which the challenges prove what an account registered with. */
  private readonly proving: readonly ChallengePurpose[];

  constructor(
    private readonly database: DatabaseService,
    { purposes }: Catalogue,
  ) {
    const all = Object.keys(purposes) as ChallengePurpose[];
    this.lasting = all.filter((purpose) => purposes[purpose].outlivesClosing);
    this.manifold = all.filter((purpose) => purposes[purpose].onePerAct);
    this.proving = all.filter((purpose) => purposes[purpose].provesRegistered);
  }

  /** Closes the account's open challenge for one purpose. */
  async close(userId: string, purpose: ChallengePurpose): Promise<void> {
    await this.challenges.update({ userId, purpose, ...OPEN }, { supersededAt: NOW });
  }

  /**
   * Closes the open challenges of an account: its password or address changed, or it was disabled. Those that outlive closing stay:
   * a thief who has the account must not close its owner's way back.
   * @param spared addresses and numbers that the account registered with and nobody has proven: their proofs stay, too
   */
  async closeAll(userId: string, spared: readonly string[] = []): Promise<void> {
    await this.challenges
      .createQueryBuilder()
      .update()
      .set({ supersededAt: NOW })
      .where({ userId, purpose: Not(In(this.lasting)), ...OPEN })
      .andWhere('NOT (purpose = ANY (:proving) AND address = ANY (:spared))', { proving: this.proving, spared })
      .execute();
  }

  /** Closes all open challenges of an account, those that outlive closing too: it has another owner now. */
  async closeEvery(userId: string): Promise<void> {
    await this.challenges.update({ userId, ...OPEN }, { supersededAt: NOW });
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

  /**
   * Notes that the reader of this address has put right what mails to it have told of so far, by taking the account over: of the links in
   * these mails those that undo nothing are dead, and the others only undo. Links that went to another address stay: a thief may have put this
   * one there.
   */
  async settle(userId: string, address: string): Promise<void> {
    await this.challenges
      .createQueryBuilder()
      .update()
      .set({
        bound: () => `bound || '{"settled": true}'`,
        supersededAt: () => `CASE WHEN bound->'undo' = 'null'::jsonb THEN now() END`,
      })
      .where({ userId, address, purpose: In([...this.manifold]), bound: Not(IsNull()), ...OPEN })
      .execute();
  }

  private get challenges() {
    return this.database.repo(Challenge);
  }
}
