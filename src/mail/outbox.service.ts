import { Injectable } from '@nestjs/common';
import { newId } from '../common/ids.js';
import { Catalogue } from '../common/catalogue.js';
import { Settings } from '../config/settings.js';
import { DatabaseService } from '../database/database.service.js';
import type { Part } from '../database/part.js';
import { inPages } from '../database/row-pages.js';
import type { MailKind } from '../common/declared.js';
import { tagOf } from '../languages/locales.js';
import { senderDomain } from './dkim/sender.js';
import type { MailParams } from './mail.entity.js';
import { type ExportedMail, MailRepository, type NewMail } from './mail.repository.js';

/** A mail that is sent once the open transaction has committed. */
export interface MailRequest {
  kind: MailKind;
  /** The exact stored address; one mailbox. */
  recipient: string;
  /** The account of the mail; deleting the account deletes the mail. */
  userId?: string | null;
  /** BCP 47 tag of the language the account prefers. */
  locale?: string | null;
  /** The header of a reader who asked for the mail himself; it counts where the account says nothing. */
  acceptLanguage?: string | undefined;
  /** Display data, stored in the database: no secrets. */
  params?: MailParams;
  /** The challenge from which the code and the link are derived when the mail is sent. */
  challengeId?: string | null;
  /** After this time the mail is dropped instead of sent. */
  expiresAt?: Date | null;
  /** Only the first of several calls with the same key queues a mail. Default: one mail per kind and challenge. */
  dedupeKey?: string;
}

/** Queues mails of the product. A mail is sent only after the caller's transaction has committed. */
@Injectable()
export class OutboxService {
  private readonly host: string;

  constructor(
    private readonly database: DatabaseService,
    private readonly mails: MailRepository,
    private readonly catalogue: Catalogue,
    settings: Settings,
  ) {
    this.host = senderDomain(settings.MAIL_FROM);
  }

  /**
   * Queues a mail in the open transaction.
   * @throws Error outside a transaction, or if a mail with a code has no challenge: both are bugs of the caller
   */
  async enqueue(request: MailRequest): Promise<void> {
    if (!this.database.inTransaction) throw new Error('A mail is queued in the transaction it reports on');
    await this.mails.insert({ ...this.write(request), expiresAt: request.expiresAt ?? null });
  }

  /**
   * Queues a mail as part of the statement that it reports. The column `expires_at` of the part `of` limits how long the mail is useful.
   */
  queueing(request: Omit<MailRequest, 'expiresAt'>, of: string): Part {
    return this.mails.insertion(this.write(request), of);
  }

  /** Lets mails that wait in the caller's transaction carry another challenge. */
  redirect({ from, to }: { from: string; to: string }): Promise<void> {
    return this.mails.changeChallenge(from, to);
  }

  /** Makes the mails of a challenge the account's that it has made: they go with it. Joins the caller's transaction. */
  assign(challengeId: string, userId: string): Promise<void> {
    return this.mails.changeOwner(challengeId, userId);
  }

  /** All stored mails to an account, for its owner. */
  async *exportFor(userId: string): AsyncGenerator<ExportedMail, void> {
    const rows = inPages<ExportedMail & { id: string }>((last) => this.mails.findPageOf(userId, last?.id));
    for await (const { id: _, ...mail } of rows) yield mail;
  }

  private write(request: MailRequest): Omit<NewMail, 'expiresAt'> {
    const { kind, recipient, userId = null, params = {}, challengeId = null } = request;
    if ((this.catalogue.mails.get(kind)?.carriesSecrets ?? true) === true && challengeId === null)
      throw new Error(`A ${kind} mail needs a challenge`);
    const id = newId();
    return {
      id,
      kind,
      recipient,
      userId,
      // Of a stranger's choice only a language that the server speaks: nothing else gets into the mail.
      locale: tagOf(request),
      params,
      challengeId,
      dedupeKey: request.dedupeKey ?? `${kind}:${challengeId ?? id}`,
      // In the sender's domain, where filters look for it. Chosen once, so that a mail that is sent twice after a crash is recognisable as
      // the same (RFC 5322 §3.6.4).
      messageId: `<${id}@${this.host}>`,
    };
  }
}
