import { Injectable } from '@nestjs/common';
import { newId } from '../common/ids.js';
import { Catalogue } from '../common/catalogue.js';
import { Settings } from '../config/settings.js';
import { DatabaseService } from '../database/database.service.js';
import type { Part } from '../database/part.js';
import { inPages } from '../database/row-pages.js';
import type { MailKind } from '../common/declared.js';
import type { MailParams } from './mail.entity.js';
import { type ExportedMail, MailRepository, type NewMail } from './mail.repository.js';

/** A mail to be sent once the open transaction commits. */
export interface MailRequest {
  kind: MailKind;
  /** The exact stored address; one mailbox. */
  recipient: string;
  /** Whose mail it is: it goes when the account goes. */
  userId?: string | null;
  /** BCP 47 tag of the language the reader prefers. */
  locale?: string | null;
  /** Display data, kept in the database: nothing secret. */
  params?: MailParams;
  /** From what the code and the link are derived when the mail is sent. */
  challengeId?: string | null;
  /** After that the mail is dropped rather than sent. */
  expiresAt?: Date | null;
  /** Of several requests with the same key only the first makes a mail. Default: one mail per kind and challenge. */
  dedupeKey?: string;
}

/** Where the product leaves its mail. Nothing is sent before the caller's transaction commits, and nothing if it does not. */
@Injectable()
export class OutboxService {
  private readonly host: string;

  constructor(
    private readonly database: DatabaseService,
    private readonly mails: MailRepository,
    private readonly catalogue: Catalogue,
    settings: Settings,
  ) {
    this.host = new URL(settings.PUBLIC_URL ?? 'http://localhost').hostname;
  }

  /**
   * Queues a mail in the open transaction.
   * @throws Error outside a transaction, or when a mail that carries a code has no challenge: both are bugs of the caller
   */
  async enqueue(request: MailRequest): Promise<void> {
    if (!this.database.inTransaction) throw new Error('A mail is queued in the transaction it reports on');
    await this.mails.insert({ ...this.write(request), expiresAt: request.expiresAt ?? null });
  }

  /** Queues a mail as part of the statement it reports on. The part `of` says in `expires_at` how long the mail is of use. */
  queueing(request: Omit<MailRequest, 'expiresAt'>, of: string): Part {
    return this.mails.insertion(this.write(request), of);
  }

  /** All mails to an account that are on record, for its owner. */
  async *exportFor(userId: string): AsyncGenerator<ExportedMail, void> {
    const rows = inPages<ExportedMail & { id: string }>((last) => this.mails.findPageOf(userId, last?.id));
    for await (const { id: _, ...mail } of rows) yield mail;
  }

  private write(request: MailRequest): Omit<NewMail, 'expiresAt'> {
    const { kind, recipient, userId = null, locale = null, params = {}, challengeId = null } = request;
    if (this.catalogue.mails.get(kind)?.carriesSecrets !== false && challengeId === null)
      throw new Error(`A ${kind} mail needs a challenge`);
    const id = newId();
    return {
      id,
      kind,
      recipient,
      userId,
      locale,
      params,
      challengeId,
      dedupeKey: request.dedupeKey ?? `${kind}:${challengeId ?? id}`,
      // Chosen once: a mail that is sent twice after a crash is recognised as the same (RFC 5322 §3.6.4).
      messageId: `<${id}@${this.host}>`,
    };
  }
}
