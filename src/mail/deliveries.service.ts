import { Injectable, Logger } from '@nestjs/common';
import { type MailBacklog, type MailDelivery, type MailFilter, MailRepository } from './mail.repository.js';
import { describeError } from '../jobs/describe-error.js';

/** What a provider says of a mail that it had taken. */
export interface MailReport {
  /** The mail's Message-ID, with or without angle brackets. */
  messageId: string;
  kind: 'bounce' | 'complaint';
  /** The provider's own words. */
  detail?: string | null | undefined;
}

/** A Message-ID of ours begins with the mail's id. */
const MESSAGE_ID = /^<?(([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})@[^<>\s]+?)>?$/i;

/** What became of mails. */
@Injectable()
export class DeliveriesService {
  private readonly logger = new Logger('Mail');

  constructor(private readonly mails: MailRepository) {}

  /** Notes on the mail what its provider says. The first report stands; one about a mail that is not ours, or purged, is no failure. */
  async note({ messageId, kind, detail }: MailReport): Promise<void> {
    const [, address, id] = MESSAGE_ID.exec(messageId.trim()) ?? [];
    if (address === undefined || id === undefined) return;
    const said = detail?.trim() ?? '';
    const reason = describeError(said === '' ? kind : `${kind}: ${said}`);
    // Ours are in small letters; what passes a message on may write its host otherwise.
    if (await this.mails.markBounced(id, `<${address.toLowerCase()}>`, reason)) this.logger.warn({ msg: 'Mail bounced', mail: id, reason });
  }

  /** The newest mails of an account or to an address, older than the one with id `before`: state, attempts, last error. */
  find(filter: MailFilter, limit: number, before?: string): Promise<MailDelivery[]> {
    return this.mails.findDeliveries(filter, limit, before);
  }

  /** What waits to be sent, on all nodes together. */
  backlog(): Promise<MailBacklog> {
    return this.mails.findBacklog();
  }
}
