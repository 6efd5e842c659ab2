import type { Settings } from '../config/settings.js';
import type { Mailbox } from '../mail/mailbox/mailbox.js';
import { SmsSender } from './sms-sender.js';

/** Shows text messages in the development mailbox, next to the mails. */
export class MailboxSmsSender extends SmsSender {
  override readonly isConfigured = true;

  constructor(
    private readonly mailbox: Mailbox,
    private readonly settings: Pick<Settings, 'APP_NAME'>,
  ) {
    super();
  }

  override send(to: string, text: string): Promise<void> {
    this.mailbox.addTextMessage({ from: this.settings.APP_NAME, to, text });
    return Promise.resolve();
  }
}
