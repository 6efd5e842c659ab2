import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Account } from '../../users/account.js';
import { isAccountGone } from '../../users/errors.js';
import { ContactsService } from '../../users/contacts.service.js';
import { type MailTerms, MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { MobileCodes } from '../challenges/mobile-codes.service.js';
import { type ResetChannel, ResetChannels } from '../passwords/reset-channels.service.js';

const PURPOSE = 'reset-password';

/** Purpose of a code that is texted instead. */
const TEXT_PURPOSE = 'reset-password-by-text';

const NOTHING = { live: null, due: false };

/** What is particular to one request. */
export interface ResetTerms extends Pick<MailTerms, 'returnTo' | 'ttlSeconds' | 'codeDigits' | 'clientId'> {
  /** Whether a text message is possible, too. Default: no; wire formats know mails only. */
  mayText?: boolean;
}

/** What came of asking for a reset. Not to be told to the caller, unless a wire format insists. */
export interface ResetRequest {
  /** Whether there is an account that gets a mail or text message. */
  found: boolean;
  /** The challenge whose code the account's newest mail or text message has; null when there is none. */
  challengeId: string | null;
}

/** Asking for a mail or text message to choose a new password. */
@Injectable()
export class PasswordResetRequestService {
  constructor(
    private readonly contacts: ContactsService,
    private readonly channels: ResetChannels,
    private readonly mailed: MailedChallenges,
    private readonly codes: MobileCodes,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Mails a link and a code of eight digits (a wire format may ask for six) to the account's stored address, verified or not, or to its
   * recovery address as long as there is one; earlier ones die. Where text messages are possible, an account without an address for resets
   * gets its code as one, and so does somebody who typed the number: only if the number is proven. Nothing goes out for a disabled
   * account. Takes equally long in all cases.
   * @throws ThrottledError
   */
  request(identifier: string, caller: Caller, terms: ResetTerms = {}): Promise<ResetRequest> {
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      await this.mailed.admitRequest(caller);
      const account = await this.contacts.findByIdentifierOrRecovery(identifier);
      const channel = account === null ? null : await this.channels.choose(account, identifier, terms.mayText === true);
      const { live, due } = account === null ? NOTHING : await this.plan(account.id, channel, caller);
      const found = channel !== null;
      try {
        const challengeId = await this.database.transaction(async () => {
          await this.audit.record({
            action: 'password.reset_requested',
            outcome: found ? 'success' : 'failure',
            subjectId: account?.id ?? null,
            caller,
          });
          return account !== null && channel !== null && due ? this.send(account, channel, terms, caller) : live;
        });
        return { found, challengeId };
      } catch (error) {
        if (!isAccountGone(error)) throw error;
        return { found: false, challengeId: null };
      }
    });
  }

  private async plan(userId: string, channel: ResetChannel | null, caller: Caller): Promise<{ live: string | null; due: boolean }> {
    const terms = { isProven: channel?.isProven === true, caller };
    if (channel?.by !== 'text') return this.mailed.plan(PURPOSE, userId, channel?.to ?? null, terms);
    const { live, refusal } = await this.codes.plan(TEXT_PURPOSE, userId, channel.to, terms);
    return { live, due: refusal === null };
  }

  private send(account: Account, { by, to }: ResetChannel, terms: ResetTerms, triedBy: Caller): Promise<string> {
    if (by === 'text') return this.codes.issue(TEXT_PURPOSE, account.id, to, { triedBy });
    const { returnTo = null, ttlSeconds, codeDigits, clientId } = terms;
    return this.mailed.send(PURPOSE, account, to, { returnTo, ttlSeconds, codeDigits, clientId, triedBy });
  }
}
