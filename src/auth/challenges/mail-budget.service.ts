import { Injectable } from '@nestjs/common';
import { ThrottledError } from '../../common/errors.js';
import { type Bucket, ThrottleService } from '../../throttling/throttle.service.js';

const TOTAL: Bucket = { limit: 'mail-total', of: 'all' };

/** How many mails strangers can cause: nobody's mailbox is flooded, and no sender's reputation is spent. */
@Injectable()
export class MailBudget {
  constructor(private readonly throttle: ThrottleService) {}

  /**
   * Counts a mail to `address`, whether or not there is an account behind it; false when it must not be sent. The caller is not
   * told, or a stranger could tell how many mails somebody gets.
   * @param needed whether it goes out even if the address has had its share; the limit over all addresses holds nevertheless
   */
  async spend(address: string, { needed = false }: { needed?: boolean } = {}): Promise<boolean> {
    const withinShare = await this.take(shareOf(address));
    const spent = (withinShare || needed) && (await this.take(TOTAL));
    // While the limit over all addresses lasts, nobody's share is to be used up by mails that are not sent.
    if (withinShare && !spent) await this.throttle.giveBack(shareOf(address));
    return spent;
  }

  /** Takes back what was spent on a mail that was not queued after all. */
  async giveBack(address: string): Promise<void> {
    await this.throttle.giveBack(shareOf(address));
    await this.throttle.giveBack(TOTAL);
  }

  private async take(bucket: Bucket): Promise<boolean> {
    try {
      await this.throttle.take(bucket);
      return true;
    } catch (error) {
      if (error instanceof ThrottledError) return false;
      throw error;
    }
  }
}

function shareOf(address: string): Bucket {
  return { limit: 'mail-address', of: address.trim().toLowerCase() };
}
