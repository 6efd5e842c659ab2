import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import { isAccountGone } from '../../users/errors.js';
import { ContactsService } from '../../users/contacts.service.js';
import { type MailTerms, MailedChallenges } from '../challenges/mailed-challenges.service.js';

const PURPOSE = 'reset-password';

const NO_MAIL = { live: null, due: false };

/** What came of asking for a reset. Not to be told to the caller, unless a wire format insists. */
export interface ResetRequest {
  /** Whether there is an account that gets a mail. */
  found: boolean;
  /** The challenge whose code the account's newest mail has; null when there is none. */
  challengeId: string | null;
}

/** Asking for a mail to choose a new password. */
@Injectable()
export class PasswordResetRequestService {
  constructor(
    private readonly contacts: ContactsService,
    private readonly mailed: MailedChallenges,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Mails a link and a six-digit code to the account's stored address, verified or not, or to its recovery address as long as there
   * is one; earlier ones die. No mail goes out for a disabled account or one without an address. Takes equally long in all cases.
   * @throws ThrottledError
   */
  request(identifier: string, caller: Caller, terms: Pick<MailTerms, 'returnTo' | 'ttlSeconds'> = {}): Promise<ResetRequest> {
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      await this.mailed.admitRequest(caller);
      const account = await this.contacts.findByIdentifierOrRecoveryEmail(identifier);
      const address = account === null || account.disabledAt !== null ? null : (account.recoveryEmail ?? account.email);
      const { live, due } = account === null ? NO_MAIL : await this.mailed.plan(PURPOSE, account.id, address);
      const found = address !== null;
      try {
        const challengeId = await this.database.transaction(async () => {
          await this.audit.record({
            action: 'password.reset_requested',
            outcome: found ? 'success' : 'failure',
            subjectId: account?.id ?? null,
            caller,
          });
          return account !== null && address !== null && due ? this.mailed.send(PURPOSE, account, address, terms) : live;
        });
        return { found, challengeId };
      } catch (error) {
        if (!isAccountGone(error)) throw error;
        return { found: false, challengeId: null };
      }
    });
  }
}
