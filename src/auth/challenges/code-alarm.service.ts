import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { DatabaseService } from '../../database/database.service.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';

/** Wrong codes a minute, of all accounts and nodes, above which somebody is guessing. */
const ALARM_ABOVE = 50;

/** Watches for wrong codes that are spread over many accounts and networks, so that no limit of a single one notices them. */
@Injectable()
export class CodeAlarm {
  private readonly count: () => void;

  constructor(
    private readonly challenges: ChallengesService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    metrics: MetricsService,
  ) {
    this.count = metrics.counter('latchkey_wrong_codes_total', 'Wrong codes, of all accounts.');
  }

  /** Counts a wrong code; where there are too many, puts an alarm on record, at most one a minute of all nodes. */
  async note(): Promise<void> {
    this.count();
    const wrong = await this.challenges.countWrongCode();
    if (wrong <= ALARM_ABOVE) return;
    await this.database.transaction(async () => {
      if (!(await this.challenges.claimAlarm())) return;
      await this.audit.record({ action: 'codes.alarm', outcome: 'success', subjectId: null, details: { wrongCodes: wrong } });
    });
  }
}
