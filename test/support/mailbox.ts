import type { MailboxMessage } from '../../src/mail/mailbox/message.js';
import { Mailbox } from '../../src/mail/mailbox/mailbox.js';
import { PATIENCE_MS } from './poll.js';
import type { TestApp } from './start-app.js';

/** A mail with what tests look for. */
export interface ReceivedMail extends MailboxMessage {
  /** The six digits; fails when there are none. */
  secretCode: string;
  /** The token of its link. */
  token: string;
}

/** The mails that the server really sent, over SMTP. */
export class TestMailbox {
  constructor(private readonly app: TestApp) {}

  /** The newest mail to an address, as soon as it is there; `after` skips mails that were there before. */
  async newest(to: string, after?: MailboxMessage): Promise<ReceivedMail> {
    const message = await this.box.waitFor({ to, ...(after === undefined ? {} : { after: after.receivedAt }) }, PATIENCE_MS);
    const link = message.links.find((each) => each.includes('token='));
    return {
      ...message,
      secretCode: String(message.code),
      token: link === undefined ? '' : String(new URL(link).searchParams.get('token')),
    };
  }

  /** How many mails went to an address so far. */
  count(to: string): number {
    return this.box.list({ to }).length;
  }

  clear(): void {
    this.box.clear();
  }

  private get box(): Mailbox {
    return this.app.nest.get(Mailbox);
  }
}
