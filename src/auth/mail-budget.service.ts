import { Injectable } from '@nestjs/common';
import { ThrottledError } from '../common/errors.js';
import { ThrottleService } from '../throttling/throttle.service.js';

/** How many mails strangers can cause: nobody's mailbox is flooded, and no sender's reputation is spent. */
@Injectable()
export class MailBudget {
  constructor(private readonly throttle: ThrottleService) {}

  /**
   * Counts a mail to `address`, whether or not there is an account behind it; false when it must not be sent. The caller is not
   * told, or a stranger could tell how many mails somebody gets.
   */
  async spend(address: string): Promise<boolean> {
    try {
      await this.throttle.take({ limit: 'mail-address', of: address.trim().toLowerCase() });
      await this.throttle.take({ limit: 'mail-total', of: 'all' });
      return true;
    } catch (error) {
      if (error instanceof ThrottledError) return false;
      throw error;
    }
  }
}
