import { Injectable, Logger } from '@nestjs/common';
import { type MailBacklog, type MailDelivery, type MailFilter, MailRepository } from './mail.repository.js';
import { describeError } from '../jobs/describe-error.js';

/** Report of a provider about a mail that it had accepted. */
export interface MailReport {
  /** The mail's Message-ID, with or without angle brackets. */
  messageId: string;
  kind: 'bounce' | 'complaint';
  /** The provider's own words. */
  detail?: string | null | undefined;
}

/** Our Message-IDs begin with the mail's id. */
const MESSAGE_ID = /^<?(([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})@[^<>\s]+?)>?$/i;

/** The states of sent and queued mails. */
@Injectable()
export class DeliveriesService {
  private readonly logger = new Logger('Mail');

  constructor(private readonly mails: MailRepository) {}

  /** Whether a Message-ID has the form of ours. */
  isOurs(messageId: string): boolean {
    return MESSAGE_ID.test(messageId.trim());
  }

  /** Records the provider's report on the mail. The first report counts; a report about an unknown or purged mail is not a failure. */
  async note({ messageId, kind, detail }: MailReport): Promise<void> {
    const [, address, id] = MESSAGE_ID.exec(messageId.trim()) ?? [];
    if (address === undefined || id === undefined) return;
    const said = detail?.trim() ?? '';
    const reason = describeError(said === '' ? kind : `${kind}: ${said}`);
    // Ours are in lower case; relays may change the case of the host.
    if (await this.mails.markBounced(id, `<${address.toLowerCase()}>`, reason)) this.logger.warn({ msg: 'Mail bounced', mail: id, reason });
  }

  /** The newest mails of an account or to an address, older than the one with id `before`: state, attempts, last error. */
  find(filter: MailFilter, limit: number, before?: string): Promise<MailDelivery[]> {
    return this.mails.findDeliveries(filter, limit, before);
  }

  /** Mails that wait to be sent, of all nodes. */
  backlog(): Promise<MailBacklog> {
    return this.mails.findBacklog();
  }
}
