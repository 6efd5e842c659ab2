import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { Settings } from '../../config/settings.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import type { Account } from '../../users/account.js';
import { type MailTerms, MailedChallenges } from '../challenges/mailed-challenges.service.js';

const PURPOSE = 'stop-reset';

const HOUR_SECONDS = 3_600;

/** How long the link to choose a password is good after the wait, seconds: nobody sits at the mailbox at that minute. */
const DUE_LINK_SECONDS = 86_400;

/** The stopping link outlives the time in which the reset can be used, seconds. */
const STOP_LINK_SPARE_SECONDS = 4 * 86_400;

/** Mails about a reset without the second factor, with the link that stops it. */
@Injectable()
export class DelayedResetMails {
  constructor(
    private readonly mailed: MailedChallenges,
    private readonly challenges: ChallengesService,
    private readonly settings: Settings,
  ) {}

  get waitSeconds(): number {
    return this.settings.RESET_WITHOUT_FACTOR_HOURS * HOUR_SECONDS;
  }

  /** Where mails to the owner go: the address that was proven. */
  addressOf({ recoveryEmail, email }: Account): string {
    const address = recoveryEmail ?? email;
    if (address === null) throw new Error('An account without an address cannot wait');
    return address;
  }

  /** Says at once that somebody asked. Joins the caller's transaction. */
  async tell(account: Account, caller: Caller, dueAt: Date): Promise<void> {
    await this.sendStop(account, { askedBy: caller, about: { moment: dueAt.toISOString() } });
  }

  /** Says it again, shortly before it takes effect; the link of the first mail stays good. Joins the caller's transaction. */
  async remind(account: Account, dueAt: Date): Promise<void> {
    await this.sendStop(account, { mail: 'reset-soon', earlier: 'kept', about: { moment: dueAt.toISOString() } });
  }

  /** Sends the link by which the password can be chosen now. Joins the caller's transaction. */
  async open(account: Account): Promise<void> {
    const terms = { mail: 'reset-due', ttlSeconds: DUE_LINK_SECONDS, triedBy: null } as const;
    await this.mailed.send('reset-password', account, this.addressOf(account), terms);
  }

  async inspect(token: string): Promise<{ address: string }> {
    const { address } = await this.challenges.checkLink(PURPOSE, token);
    return { address };
  }

  redeem<T>(token: string, caller: Caller, act: (challenge: ProvenChallenge) => Promise<T>): Promise<T> {
    return this.mailed.tryLink(PURPOSE, token, caller, act);
  }

  private async sendStop(account: Account, terms: Pick<MailTerms, 'askedBy' | 'about' | 'mail' | 'earlier'>): Promise<void> {
    const ttlSeconds = this.waitSeconds + STOP_LINK_SPARE_SECONDS;
    await this.mailed.send(PURPOSE, account, this.addressOf(account), { ttlSeconds, triedBy: null, ...terms });
  }
}
