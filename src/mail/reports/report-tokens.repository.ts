import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DatabaseService } from '../../database/database.service.js';
import { REPEATED_FOR_SECONDS } from './genuine.js';
import { ReportToken } from './report-token.entity.js';

/** Twice the age of the oldest report that is taken: the provider's clock may be ahead. */
const KEPT_FOR = `now() + make_interval(secs => ${2 * REPEATED_FOR_SECONDS})`;

/** Tokens of reports that were taken. */
@Injectable()
export class ReportTokensRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Uses a token up, in one statement. @returns true for one of several parallel calls */
  async use(provider: string, token: string): Promise<boolean> {
    const { raw } = await this.database
      .repo(ReportToken)
      .createQueryBuilder()
      .insert()
      .values({ id: createHash('sha256').update(`${provider}:${token}`).digest(), expiresAt: () => KEPT_FOR })
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length > 0;
  }
}
