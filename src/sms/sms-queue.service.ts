import { Injectable, Logger } from '@nestjs/common';
import { DatabaseService } from '../database/database.service.js';
import { type JobPayload, WorkerTasks } from '../jobs/worker-tasks.js';
import { type Reader, tagOf } from '../languages/locales.js';
import { SmsRefusedError, SmsSender } from './sms-sender.js';

/** The graphile-worker task that sends one text message; its payload is only the id of a challenge, and a language. */
const SEND_SMS_TASK = 'send_sms';

/** The task that sends a text message without a code; its payload is only the id of what it is about. */
const SEND_NOTICE_TASK = 'send_sms_notice';

/** Number of attempts. graphile-worker pauses e, e² … e⁶ seconds between them: 9 min in all, within a code's lifetime. */
const MAX_ATTEMPTS = 7;

/** A text message, created when it is sent: no table stores its code or its number with it. */
export interface TextMessage {
  /** E.164. */
  to: string;
  text: string;
}

/**
 * Creates the message of a challenge or a notice; null if that is expired, used or replaced, so that nothing is sent.
 * @param locale a language tag, as `enqueue` was told; null for none
 */
export type ComposeText = (challengeId: string, locale: string | null) => Promise<TextMessage | null>;

/**
 * Sends text messages outside of requests, at least once, through the job queue. A message is sent only after the caller's transaction has
 * committed.
 */
@Injectable()
export class SmsQueue {
  private readonly logger = new Logger('Sms');
  private readonly composers: ComposeText[] = [];
  private composeNotice: ComposeText | undefined;

  constructor(
    private readonly database: DatabaseService,
    private readonly sender: SmsSender,
    tasks: WorkerTasks,
  ) {
    tasks.add(SEND_SMS_TASK, (job, stop) => this.deliver((challengeId, locale) => this.composed(challengeId, locale), job, stop));
    tasks.add(SEND_NOTICE_TASK, (job, stop) => this.deliver(this.composeNotice, job, stop));
  }

  /** Whether a provider or the mailbox takes messages. */
  get isConfigured(): boolean {
    return this.sender.isConfigured;
  }

  /** Adds the composer of a module that creates codes; call it in `onModuleInit`, because delivery starts after that. */
  composeWith(compose: ComposeText): void {
    this.composers.push(compose);
  }

  /** Sets the composer of the notices that `enqueueNotice` queues, likewise. */
  composeNoticesWith(compose: ComposeText): void {
    this.composeNotice = compose;
  }

  /**
   * Queues a notice in the open transaction.
   * @param id what it is about, as its composer knows it
   * @throws Error outside a transaction: a bug of the caller
   */
  async enqueueNotice(id: string): Promise<void> {
    await this.add(SEND_NOTICE_TASK, id, null);
  }

  /**
   * Queues the message of a challenge in the open transaction; repeated calls queue it only once.
   * @param reader decides about the language
   * @throws Error outside a transaction: a bug of the caller
   */
  async enqueue(challengeId: string, reader: Reader): Promise<void> {
    await this.add(SEND_SMS_TASK, challengeId, tagOf(reader));
  }

  private async add(task: string, id: string, locale: string | null): Promise<void> {
    if (!this.database.inTransaction) throw new Error('A text message is queued in the transaction it reports on');
    await this.database.query(
      `SELECT graphile_worker.add_job($2, json_build_object('id', $1::text, 'locale', $3::text), job_key := $1::text, max_attempts := ${MAX_ATTEMPTS})`,
      [id, task, locale],
    );
  }

  private async composed(challengeId: string, locale: string | null): Promise<TextMessage | null> {
    if (this.composers.length === 0) throw new Error('No module has registered to write text messages');
    for (const compose of this.composers) {
      const message = await compose(challengeId, locale);
      if (message !== null) return message;
    }
    return null;
  }

  private async deliver(
    compose: ComposeText | undefined,
    { id: challengeId, locale = null }: JobPayload,
    stop: AbortSignal | undefined,
  ): Promise<void> {
    if (compose === undefined) throw new Error('No module has registered to write text messages');
    const message = await compose(challengeId, locale);
    if (message === null)
      return this.logger.log({ msg: 'Text message dropped: what it is about is expired, used or superseded', challenge: challengeId });
    try {
      await this.sender.send(message.to, message.text, stop);
    } catch (error) {
      if (!(error instanceof SmsRefusedError)) throw error;
      this.logger.warn({ msg: 'Text message cannot be delivered', challenge: challengeId, reason: error.message });
      return;
    }
    this.logger.debug({ msg: 'Text message sent', challenge: challengeId });
  }
}
