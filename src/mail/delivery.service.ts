import { Injectable, Logger } from '@nestjs/common';
import { MailerService } from '@nestjs-modules/mailer';
import { Catalogue } from '../common/catalogue.js';
import type { MailKind } from '../common/declared.js';
import { Settings } from '../config/settings.js';
import { DatabaseClock } from '../database/feed/database-clock.js';
import { mailHeaders } from './mail-headers.js';
import { MailSecretsRegistry } from './mail-secrets.js';
import { type ClaimedMail, MailRepository } from './mail.repository.js';
import { describeError } from '../jobs/describe-error.js';
import { isOneMailbox, isPermanent, retryDelaySeconds } from './smtp.js';
import { MailWriter } from './writing/mail-writer.js';

/** Maximum duration of one attempt, from the connection to the server's last answer. */
const SEND_TIMEOUT_SECONDS = 45;

/** How long a claim on a mail lasts. Longer than an attempt, and short enough for a retry within 2 min of a crash. */
const LEASE_SECONDS = 60;

/** A mail that could not be handed over for this long has failed, even if its code is still valid. */
const MAX_AGE_HOURS = 24;

/** The mail must no longer be sent, although nothing went wrong. */
class OutdatedMail extends Error {}

/** Another attempt cannot succeed. */
class UndeliverableMail extends Error {}

/** Hands single mails of the outbox over to the SMTP server. */
@Injectable()
export class DeliveryService {
  private readonly logger = new Logger('Mail');

  constructor(
    private readonly mails: MailRepository,
    private readonly secrets: MailSecretsRegistry,
    private readonly mailer: MailerService,
    private readonly clock: DatabaseClock,
    private readonly settings: Settings,
    private readonly catalogue: Catalogue,
    private readonly writer: MailWriter,
  ) {}

  /**
   * Sends the mail unless it was sent, is being sent, or must no longer be sent. Records a failure and retries the mail later; throws only
   * if the database fails.
   * @param stop ends an attempt early, for example when the server shuts down
   */
  async deliver(id: string, stop?: AbortSignal): Promise<void> {
    const mail = await this.mails.claim(id, LEASE_SECONDS);
    if (mail === null) return this.mails.awaitLease(id);
    try {
      await this.send(mail, stop);
    } catch (error) {
      return this.settle(mail, error);
    }
    await this.mails.markSent(mail.id);
    this.logger.debug({ msg: 'Mail sent', mail: mail.id, kind: mail.kind, attempt: mail.attempts });
  }

  private async send(mail: ClaimedMail, stop: AbortSignal | undefined): Promise<void> {
    const kind = this.catalogue.mails.get(mail.kind as MailKind);
    // An older node does not know this kind of mail; a newer node sends it.
    if (kind === undefined) throw new Error(`This version knows no mail ${mail.kind}`);
    if (mail.expired) throw new OutdatedMail('expired before it could be sent');
    if (!isOneMailbox(mail.recipient)) throw new UndeliverableMail('the recipient is not one mailbox');
    const secrets = mail.challengeId === null ? undefined : await this.secrets.resolve(mail.challengeId);
    // A notice is sent without its link rather than not at all.
    if (secrets === null && kind.carriesSecrets === true) throw new OutdatedMail('its code is expired, used or superseded');

    const timeout = AbortSignal.timeout(SEND_TIMEOUT_SECONDS * 1_000);
    const link = secrets == null ? null : { ...secrets, lifetimeMs: secrets.expiresAt.getTime() - this.clock.now() };
    const context = this.writer.write({ ...mail, kind: mail.kind as MailKind }, link);
    const options = {
      from: this.settings.MAIL_FROM,
      // nodemailer does not parse an object, so no part of it can become a second recipient or a header.
      to: { address: mail.recipient, name: '' },
      subject: context.subject,
      messageId: mail.messageId,
      template: mail.kind,
      context,
      headers: mailHeaders(mail, kind, this.settings),
      signal: stop === undefined ? timeout : AbortSignal.any([stop, timeout]),
    };
    await this.mailer.sendMail(options);
  }

  private async settle(mail: ClaimedMail, error: unknown): Promise<void> {
    const about = { mail: mail.id, kind: mail.kind, attempt: mail.attempts, reason: describeError(error) };
    if (error instanceof OutdatedMail) {
      await this.mails.close(mail, 'dropped', about.reason);
      this.logger.log({ msg: 'Mail dropped', ...about });
    } else if (error instanceof UndeliverableMail || isPermanent(error)) {
      await this.mails.close(mail, 'failed', about.reason);
      this.logger.warn({ msg: 'Mail cannot be delivered', ...about });
    } else {
      const again = await this.mails.retry(mail, retryDelaySeconds(mail.attempts), MAX_AGE_HOURS, about.reason);
      this.logger.warn({ msg: again ? 'Mail not sent; it will be tried again' : 'Mail given up', ...about });
    }
  }
}
