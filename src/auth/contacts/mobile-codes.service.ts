import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { Catalogue } from '../../common/catalogue.js';
import type { ChallengePurpose } from '../../common/declared.js';
import { ThrottledError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { SmsQueue, type TextMessage } from '../../sms/sms-queue.service.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { SmsNotConfiguredError } from './errors.js';

/** What a code that was texted can be good for. */
export type MobilePurpose = Extract<ChallengePurpose, 'confirm-mobile' | 'activate-account'>;

/** Codes in text messages. Each costs money and rings a phone, so they are capped per number, per account and over all. */
@Injectable()
export class MobileCodes implements OnModuleInit {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly queue: SmsQueue,
    private readonly throttle: ThrottleService,
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    this.queue.composeWith((challengeId) => this.compose(challengeId));
  }

  /** @throws SmsNotConfiguredError when this server sends no text messages */
  demandConfigured(): void {
    if (!this.queue.isConfigured) throw new SmsNotConfiguredError();
  }

  /**
   * Counts a message before it is queued, whether or not it then is.
   * @throws ThrottledError
   */
  async spend(userId: string, number: string, caller: Caller): Promise<void> {
    await this.throttle.take({ limit: 'sms-number', of: `account ${userId}` }, caller);
    await this.spendOn(number);
  }

  /**
   * The same where nobody is told whose a number is: that others have used up its share would tell that they have it.
   * @returns whether the message may go out
   * @throws ThrottledError when the account has had its own share
   */
  async spendPrivately(userId: string, number: string, caller: Caller): Promise<boolean> {
    await this.throttle.take({ limit: 'sms-number', of: `account ${userId}` }, caller);
    try {
      await this.spendOn(number);
      return true;
    } catch (error) {
      if (error instanceof ThrottledError) return false;
      throw error;
    }
  }

  /**
   * Makes a code for the account and the number, in place of an earlier one; joins the caller's transaction.
   * @param number E.164
   * @param texted whether it is sent at all
   */
  async issue(purpose: MobilePurpose, userId: string, number: string, texted = true): Promise<void> {
    const { id } = await this.challenges.issue({ userId, purpose, address: number });
    if (texted) await this.queue.enqueue(id);
  }

  private async spendOn(number: string): Promise<void> {
    await this.throttle.take({ limit: 'sms-number', of: number });
    await this.throttle.take({ limit: 'sms-total', of: 'all' });
  }

  private async compose(challengeId: string): Promise<TextMessage | null> {
    const secrets = await this.challenges.reveal(challengeId);
    if (secrets === null) return null;
    const minutes = this.catalogue.purposes[secrets.purpose].ttlSeconds / 60;
    return {
      to: secrets.address,
      text: `${secrets.code} is your ${this.settings.APP_NAME} code, good for ${minutes} minutes. Never give it to anyone: we do not ask for it.`,
    };
  }
}
