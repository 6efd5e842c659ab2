import { Injectable } from '@nestjs/common';
import { Between, type FindOperator, In, LessThan, Raw } from 'typeorm';
import { afterId, defined } from '../database/conditions.js';
import { DatabaseService } from '../database/database.service.js';
import type { Part } from '../database/part.js';
import { BEGINNING, IN_ORDER_OF_INDEX, deleteBatchSql } from '../database/old-rows.js';
import { PAGE_ROWS } from '../database/row-pages.js';
import { Mail } from './mail.entity.js';

/** The graphile-worker task that sends one mail; its payload is only `{ id }`. */
export const SEND_MAIL_TASK = 'send_mail';

/** A mail that belongs to one worker until its lease ends. */
export type ClaimedMail = Pick<
  Mail,
  'id' | 'kind' | 'recipient' | 'locale' | 'params' | 'challengeId' | 'messageId' | 'attempts' | 'createdAt'
> & {
  expired: boolean;
};

export type NewMail = Pick<
  Mail,
  'id' | 'dedupeKey' | 'kind' | 'userId' | 'recipient' | 'locale' | 'params' | 'challengeId' | 'messageId' | 'expiresAt'
>;

/** A mail as its recipient sees it in the export: kept for a month. No table stores codes and links. */
export type ExportedMail = Pick<Mail, 'kind' | 'recipient' | 'locale' | 'state' | 'params' | 'createdAt' | 'sentAt'>;

/** State of a mail, and its number of attempts. */
export type MailDelivery = Pick<
  Mail,
  'id' | 'kind' | 'userId' | 'recipient' | 'state' | 'attempts' | 'lastError' | 'createdAt' | 'dueAt' | 'expiresAt' | 'sentAt'
>;

/** Mails that wait to be sent. */
export interface MailBacklog {
  waiting: number;
  oldestSeconds: number;
}

/** Filter for mails: of an account, to an address, or both. */
export type MailFilter = { userId: string; recipient?: string } | { userId?: undefined; recipient: string };

// The key keeps a single waiting job per mail, however often one is added.
const addJob = (mode: 'replace' | 'unsafe_dedupe') =>
  `graphile_worker.add_job('${SEND_MAIL_TASK}', json_build_object('id', id), run_at := due_at, job_key := id::text, job_key_mode := '${mode}')`;
const ADD_JOB = addJob('replace');

const INSERT = `INSERT INTO mails (id, dedupe_key, kind, user_id, recipient, locale, params, challenge_id, message_id, expires_at)`;
// A new mail cannot have a running job; with this hint graphile-worker runs half as many statements.
const ONCE = `ON CONFLICT ON CONSTRAINT uq_mails_dedupe_key DO NOTHING RETURNING ${addJob('unsafe_dedupe')}`;

const MS_PER_DAY = 86_400_000;

/** Changes to a mail in a final state: removes the claim and the template data. */
const DONE = { leasedUntil: null, params: {} };

const EXPORTED = { id: true, kind: true, recipient: true, locale: true, state: true, params: true, createdAt: true, sentAt: true } as const;

const DELIVERY = {
  id: true,
  kind: true,
  userId: true,
  recipient: true,
  state: true,
  attempts: true,
  lastError: true,
  createdAt: true,
  dueAt: true,
  expiresAt: true,
  sentAt: true,
} as const;

/** The outbox. All its times are the database's, so the clocks of nodes do not matter. */
@Injectable()
export class MailRepository {
  constructor(private readonly database: DatabaseService) {}

  /** Stores the mail and its job, unless a mail with the same dedupe key exists. */
  async insert(mail: NewMail): Promise<void> {
    const { sql, values } = this.insertion(mail, '(SELECT $10::timestamptz AS expires_at) AS given');
    await this.database.query(sql, [...values, mail.expiresAt]);
  }

  /** The same as part of a statement; it takes `expires_at` from the part `of`. */
  insertion(mail: Omit<NewMail, 'expiresAt'>, of: string): Part {
    const sql = `${INSERT} SELECT $1::uuid, $2::text, $3::text, $4::uuid, $5::text, $6::text, $7::jsonb, $8::uuid, $9::text, expires_at
       FROM ${of} ${ONCE}`;
    return { as: 'mail', sql, values: valuesOf(mail) };
  }

  /** Gives the mails with one challenge another. */
  async changeChallenge(from: string, to: string): Promise<void> {
    await this.mails.update({ challengeId: from }, { challengeId: to });
  }

  /** Gives the mails with a challenge to an account. */
  async changeOwner(challengeId: string, userId: string): Promise<void> {
    await this.mails.update({ challengeId }, { userId });
  }

  /** A page of the mails of an account, after the one with id `after`. */
  findPageOf(userId: string, after: string | undefined): Promise<(ExportedMail & { id: string })[]> {
    return this.mails.find({ select: EXPORTED, where: { userId, ...afterId(after) }, order: { id: 'ASC' }, take: PAGE_ROWS });
  }

  /** Claims the mail for `leaseSeconds`; `null` if it is in a final state, deleted or claimed by another worker. */
  async claim(id: string, leaseSeconds: number): Promise<ClaimedMail | null> {
    const [claimed] = await this.database.named<ClaimedMail>(
      'mail-claim',
      `UPDATE mails
       SET attempts = attempts + 1, claimed_at = now(), leased_until = now() + make_interval(secs => $2)
       WHERE id = $1 AND state = 'queued' AND (leased_until IS NULL OR leased_until <= now())
       RETURNING id, kind, recipient, locale, params, challenge_id AS "challengeId", message_id AS "messageId", attempts, created_at AS "createdAt",
                 coalesce(expires_at <= now(), false) AS expired`,
      [id, leaseSeconds],
    );
    return claimed ?? null;
  }

  /** Queues another check of a mail for the end of its current lease. */
  async awaitLease(id: string): Promise<void> {
    await this.database.query(
      `WITH leased AS (UPDATE mails SET due_at = greatest(leased_until, now()) + interval '1 second'
                       WHERE id = $1 AND state = 'queued' RETURNING id, due_at)
       SELECT ${ADD_JOB} FROM leased`,
      [id],
    );
  }

  /**
   * Marks the mail as sent. This holds even if the lease has expired meanwhile, so the claim is not checked; the mail may have bounced
   * already.
   */
  async markSent(id: string): Promise<void> {
    await this.database.named(
      'mail-sent',
      `UPDATE mails SET state = CASE WHEN state = 'bounced' THEN state ELSE 'sent' END, sent_at = now(), leased_until = NULL, params = '{}',
             last_error = CASE WHEN state = 'bounced' THEN last_error END
       WHERE id = $1`,
      [id],
    );
  }

  /** Marks the mail as bounced, with the `reason`; it is not sent again. @returns false if there is no such mail that may have been sent */
  async markBounced(id: string, messageId: string, reason: string): Promise<boolean> {
    const { affected } = await this.mails.update(
      { id, messageId, state: In(['queued', 'sent']) },
      { state: 'bounced', lastError: reason, ...DONE },
    );
    return affected === 1;
  }

  /** The Message-ID of a mail; null if there is no such mail. */
  async findMessageId(id: string): Promise<string | null> {
    return (await this.mails.findOne({ select: { messageId: true }, where: { id } }))?.messageId ?? null;
  }

  /** The Message-ID of the newest mail to an address that was queued before `time`, at most `days` earlier; null if there is none. */
  async findLastMessageId(recipient: string, time: Date, days: number): Promise<string | null> {
    const since = new Date(time.getTime() - days * MS_PER_DAY);
    const found = await this.mails.findOne({
      select: { messageId: true },
      where: { recipient: sameAddress(recipient), createdAt: Between(since, time) },
      order: { id: 'DESC' },
    });
    return found?.messageId ?? null;
  }

  /** The newest mails that match, older than the one with id `before`. */
  findDeliveries({ userId, recipient }: MailFilter, limit: number, before?: string): Promise<MailDelivery[]> {
    return this.mails.find({
      select: DELIVERY,
      where: defined({
        userId,
        recipient: recipient === undefined ? undefined : sameAddress(recipient),
        id: before === undefined ? undefined : LessThan(before),
      }),
      order: { id: 'DESC' },
      take: limit,
    });
  }

  /** Number of mails that wait to be sent, and age of the oldest one, seconds; 0 without any. */
  async findBacklog(): Promise<MailBacklog> {
    const backlog = await this.mails
      .createQueryBuilder('mail')
      .select('count(*)::int', 'waiting')
      .addSelect('coalesce(extract(epoch FROM now() - min(mail.createdAt)), 0)::float8', 'oldestSeconds')
      .where({ state: 'queued' })
      .getRawOne<MailBacklog>();
    return backlog ?? { waiting: 0, oldestSeconds: 0 };
  }

  /** Marks the mail as finally not sent, with the `reason`. */
  async close(mail: ClaimedMail, state: 'dropped' | 'failed', reason: string): Promise<void> {
    await this.mails.update({ id: mail.id, state: 'queued', attempts: mail.attempts }, { state, lastError: reason, ...DONE });
  }

  /** Queues another attempt, or marks a mail older than `maxAgeHours` as failed. @returns whether there will be another attempt */
  async retry(mail: ClaimedMail, delaySeconds: number, maxAgeHours: number, reason: string): Promise<boolean> {
    const rows = await this.database.query(
      `WITH tried AS (
         UPDATE mails
         SET last_error = $3, leased_until = NULL, due_at = now() + make_interval(secs => $4),
             state = CASE WHEN created_at < now() - make_interval(hours => $5) THEN 'failed' ELSE 'queued' END
         WHERE id = $1 AND state = 'queued' AND attempts = $2
         RETURNING id, due_at, state)
       SELECT ${ADD_JOB} FROM tried WHERE state = 'queued'`,
      [mail.id, mail.attempts, reason, delaySeconds, maxAgeHours],
    );
    return rows.length > 0;
  }

  /** Creates new jobs for mails whose job was lost, for example after a restore. @returns their number */
  async requeueForgotten(overdueSeconds: number): Promise<number> {
    const rows = await this.database.query(
      `WITH forgotten AS (
         UPDATE mails SET due_at = now()
         WHERE id IN (SELECT id FROM mails
                      WHERE state = 'queued' AND due_at < now() - make_interval(secs => $1)
                        AND (leased_until IS NULL OR leased_until < now() - make_interval(secs => $1))
                        AND NOT EXISTS (SELECT FROM graphile_worker.jobs j WHERE j.key = mails.id::text AND j.attempts < j.max_attempts)
                      ORDER BY due_at LIMIT 100 FOR UPDATE SKIP LOCKED)
         RETURNING id, due_at)
       SELECT ${ADD_JOB} FROM forgotten`,
      [overdueSeconds],
    );
    return rows.length;
  }

  /** Deletes a batch of mails in a final state that are older than `days`. */
  async purge(days: number): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query(`SELECT ${IN_ORDER_OF_INDEX}`);
      await this.database.query(deleteBatchSql('mails', 'created_at', 'now() - make_interval(days => $2)', `state <> 'queued'`), [
        BEGINNING,
        days,
      ]);
    });
  }

  private get mails() {
    return this.database.repo(Mail);
  }
}

/** An address in any case; uses the index of recipients. */
function sameAddress(recipient: string): FindOperator<string> {
  return Raw((column) => `lower(${column}) = lower(:recipient)`, { recipient });
}

function valuesOf({
  id,
  dedupeKey,
  kind,
  userId,
  recipient,
  locale,
  params,
  challengeId,
  messageId,
}: Omit<NewMail, 'expiresAt'>): unknown[] {
  return [id, dedupeKey, kind, userId, recipient, locale, JSON.stringify(params), challengeId, messageId];
}
