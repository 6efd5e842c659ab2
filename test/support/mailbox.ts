import type { MailboxMessage } from '../../src/mail/mailbox/message.js';
import { Mailbox } from '../../src/mail/mailbox/mailbox.js';
import { PATIENCE_MS } from './poll.js';
import type { TestApp } from './start-app.js';

/** A mail with the parts that tests need. */
export interface ReceivedMail extends MailboxMessage {
  /** The code of six or eight digits; throws if there is none. */
  secretCode: string;
  /** The token in its link. */
  token: string;
}

/** The mails that the server sent over SMTP. */
export class TestMailbox {
  constructor(private readonly app: TestApp) {}

  /** Waits for the newest mail to an address; ignores `after` and the mails before it. */
  async newest(to: string, after?: MailboxMessage, subject?: string): Promise<ReceivedMail> {
    const filter = { to, ...(after === undefined ? {} : { after: after.receivedAt }), ...(subject === undefined ? {} : { subject }) };
    const message = await this.box.waitFor(filter, PATIENCE_MS);
    const link = message.links.find((each) => each.includes('token='));
    return {
      ...message,
      secretCode: String(message.code),
      token: link === undefined ? '' : String(new URL(link).searchParams.get('token')),
    };
  }

  /** Waits for a mail to an address with these words in its subject, whatever else comes: mails overtake each other. */
  about(subject: string, to: string): Promise<MailboxMessage> {
    return this.box.waitFor({ to, subject }, PATIENCE_MS);
  }

  /** The newest mail to an address with these words in its subject, if one has come. */
  latest(subject: string, to: string): MailboxMessage | undefined {
    return this.box.list({ to, subject })[0];
  }

  /** The number of mails to an address so far. */
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
