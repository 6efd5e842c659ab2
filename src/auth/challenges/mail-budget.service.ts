import { Injectable } from '@nestjs/common';
import { ThrottledError } from '../../common/errors.js';
import { type Bucket, ThrottleService } from '../../throttling/throttle.service.js';

const TOTAL: Bucket = { limit: 'mail-total', of: 'all' };

/** Share of the total that is kept for proven addresses: strangers who register could spend the rest. */
export const KEPT_SHARE = 0.2;

/** How many mails strangers can cause: nobody's mailbox is flooded, and no sender's reputation is spent. */
@Injectable()
export class MailBudget {
  constructor(private readonly throttle: ThrottleService) {}

  /**
   * Counts a mail to `address`, whether or not there is an account behind it; false when it must not be sent. The caller is not
   * told, or a stranger could tell how many mails somebody gets.
   * @param needed whether it goes out even if the address has had its share: from a second one of the same size, for accounts can be made
   *   and deleted without end; the limit over all addresses holds nevertheless
   * @param isProven whether somebody has proven to read the address: then it may spend what is kept of the total
   * @param owner by what the owner of the address is known, who asks: they have a share that strangers cannot use up. Null for strangers
   */
  async spend(
    address: string,
    { needed = false, isProven = false, owner = null }: { needed?: boolean; isProven?: boolean; owner?: string | null } = {},
  ): Promise<boolean> {
    const further = [...(needed ? ['needed'] : []), ...(owner === null ? [] : [`of the owner by ${owner}`])];
    const share = await this.takeFirst([shareOf(address), ...further.map((name) => furtherShareOf(address, name))]);
    if (share === null) return false;
    const spent = await this.take(TOTAL, isProven ? 0 : KEPT_SHARE);
    // While the limit over all addresses lasts, nobody's share is to be used up by mails that are not sent.
    if (!spent) await this.throttle.giveBack(share);
    return spent;
  }

  /** Takes back what was spent on a mail that was not queued after all. */
  async giveBack(address: string): Promise<void> {
    await this.throttle.giveBack(shareOf(address));
    await this.throttle.giveBack(TOTAL);
  }

  private async takeFirst(buckets: readonly Bucket[]): Promise<Bucket | null> {
    for (const bucket of buckets) if (await this.take(bucket)) return bucket;
    return null;
  }

  private async take(bucket: Bucket, keptShare = 0): Promise<boolean> {
    try {
      await this.throttle.take(bucket, undefined, keptShare);
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

function furtherShareOf(address: string, name: string): Bucket {
  return { ...shareOf(address), of: `${name} ${shareOf(address).of}` };
}
