import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../../database/database.service.js';
import type { SolvedChallenge } from './proof-challenges.service.js';
import { UsedProof } from './used-proof.entity.js';

/** Proofs of work that were used. */
@Injectable()
export class UsedProofsRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Uses a proof up, in one statement. @returns true for one of several parallel calls */
  async use({ nonce, expiresAtSeconds }: SolvedChallenge): Promise<boolean> {
    const { raw } = await this.database
      .repo(UsedProof)
      .createQueryBuilder()
      .insert()
      .values({ id: nonce, expiresAt: new Date(expiresAtSeconds * 1_000) })
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length > 0;
  }
}
