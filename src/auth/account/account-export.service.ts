import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account, AccountActivity, HeldEmail } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';

/** Everything that is kept of one account. The lists may be long; they are read while they are consumed. */
export interface AccountExport {
  account: Account;
  activity: AccountActivity;
  heldEmails: HeldEmail[];
  sessions: ReturnType<SessionsService['exportFor']>;
  challenges: ReturnType<ChallengesService['exportFor']>;
  mails: ReturnType<OutboxService['exportFor']>;
  events: ReturnType<AuditService['exportFor']>;
}

/** Telling people what is kept of them (GDPR, article 15 and 20). Each module says what it has; nothing secret is in it. */
@Injectable()
export class AccountExportService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly challenges: ChallengesService,
    private readonly outbox: OutboxService,
    private readonly throttle: ThrottleService,
    private readonly audit: AuditService,
  ) {}

  /** @throws UserNotFoundError, ThrottledError */
  async export(userId: string, caller: Caller): Promise<AccountExport> {
    await this.throttle.take({ limit: 'export', of: userId }, caller);
    const { account, activity, heldEmails } = await this.users.exportFor(userId);
    await this.audit.record({ action: 'account.exported', outcome: 'success', actorId: userId, subjectId: userId, caller });
    return {
      account,
      activity,
      heldEmails,
      sessions: this.sessions.exportFor(userId),
      challenges: this.challenges.exportFor(userId),
      mails: this.outbox.exportFor(userId),
      events: this.audit.exportFor(userId),
    };
  }
}
