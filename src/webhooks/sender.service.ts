import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Catalogue } from '../common/catalogue.js';
import type { AuditAction } from '../common/declared.js';
import { isPublic } from '../common/event-row.js';
import { DatabaseClock } from '../database/feed/database-clock.js';
import { describeError } from '../jobs/describe-error.js';
import type { OutboundRequest } from '../outbound/guarded-request.js';
import { Outbound } from '../outbound/outbound.service.js';
import type { ClaimedDelivery, Settled } from './deliveries.repository.js';
import type { StoredEndpoint } from './endpoint.entity.js';
import { askedToWait } from './retry-after.js';
import { waitAfter } from './retry-plan.js';
import { signedHeaders } from '../outbound/webhook-signature.js';
import { type WebhookEvent, toWebhookEvent } from './events/webhook-event.js';
import { WebhookSecrets } from './webhook-secrets.service.js';

/** How long a receiver may take, from the first step until the last byte of its answer, ms. */
export const TIMEOUT_MS = 15_000;

/** How much of an answer is read, bytes. */
const MAX_READ_BYTES = 64 * 1_024;

/** How much of it is kept for administrators, characters. */
const MAX_KEPT_CHARS = 2_048;

/** "Gone": the receiver wants nothing any more (Standard Webhooks 1.0). */
const GONE = 410;

/** Sends a request; by default only where this server may send one. */
export type Send = (url: string, request: OutboundRequest) => Promise<Response>;

/** A claimed delivery with what is sent; null when its event is no longer on record. */
export interface Letter {
  delivery: ClaimedDelivery;
  event: WebhookEvent | null;
}

/** What an attempt at an address came to, and whether the receiver there wants no more. */
export interface Attempt extends Settled {
  url: string;
  isGone: boolean;
}

interface Outcome extends Pick<Settled, 'status' | 'error' | 'response'> {
  /** How long the receiver asks to be left alone, seconds. */
  askedSeconds: number;
}

/** Sends single deliveries. */
@Injectable()
export class WebhookSender {
  constructor(
    private readonly audit: AuditService,
    private readonly catalogue: Catalogue,
    private readonly secrets: WebhookSecrets,
    private readonly outbound: Outbound,
    private readonly clock: DatabaseClock,
  ) {}

  /** What is sent for claimed deliveries. */
  async write(claimed: readonly ClaimedDelivery[]): Promise<Letter[]> {
    const keys = new Map(claimed.map(({ eventId, eventAt }) => [eventId, { id: eventId, occurredAt: eventAt }]));
    const events = new Map((await this.audit.findByKeys([...keys.values()])).map((event) => [event.id, event]));
    return claimed.map((delivery) => {
      const event = events.get(delivery.eventId);
      // An older server does not know the types of a newer one.
      const row = this.catalogue.events[delivery.type as AuditAction];
      const isTold = event !== undefined && row !== undefined && isPublic(row);
      return { delivery, event: isTold ? toWebhookEvent(event, row, delivery.version) : null };
    });
  }

  /**
   * One attempt. Never fails: what goes wrong is what it came to. Redirects are not followed, and count as failures.
   * @param stop ends it early; what it came to does not count then
   */
  async send({ delivery, event }: Letter, endpoint: StoredEndpoint, stop: AbortSignal, send: Send = this.guarded): Promise<Attempt> {
    const { id, endpointId, attempts, eventId } = delivery;
    const about = { id, endpointId, attempts, url: endpoint.url };
    if (event === null) {
      const error = 'the event is no longer on record';
      return { ...about, state: 'dead', status: null, error, response: null, durationMs: 0, waitSeconds: null, isGone: false };
    }
    const startedAt = performance.now();
    const { askedSeconds, ...outcome } = await this.post(endpoint, eventId, JSON.stringify(event), stop, send);
    const durationMs = Math.round(performance.now() - startedAt);
    const { status } = outcome;
    if (status !== null && status >= 200 && status < 300)
      return { ...about, ...outcome, durationMs, state: 'delivered', waitSeconds: null, isGone: false };
    const isGone = status === GONE;
    const waitSeconds = isGone ? null : waitAfter(attempts, askedSeconds);
    return { ...about, ...outcome, durationMs, state: waitSeconds === null ? 'dead' : 'failed', waitSeconds, isGone };
  }

  private async post(endpoint: StoredEndpoint, eventId: string, body: string, signal: AbortSignal, send: Send): Promise<Outcome> {
    try {
      const now = this.clock.now();
      const answer = await send(endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Latchkey-Webhooks/1',
          ...signedHeaders(eventId, Math.floor(now / 1_000), body, this.secrets.live(endpoint, now)),
        },
        body,
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_READ_BYTES,
        whenLonger: 'cut',
        signal,
      });
      const askedSeconds = askedToWait(answer, this.clock.now());
      return { status: answer.status, error: null, response: kept(await answer.text()), askedSeconds };
    } catch (error) {
      return { status: null, error: describeError(error), response: null, askedSeconds: 0 };
    }
  }

  private readonly guarded: Send = (url, request) => this.outbound.fetch(url, request);
}

/** The beginning of an answer, as PostgreSQL can store it. */
function kept(text: string): string {
  return text.slice(0, MAX_KEPT_CHARS).replaceAll('\0', '').toWellFormed();
}
