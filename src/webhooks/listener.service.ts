import { Injectable } from '@nestjs/common';
import { newId } from '../common/ids.js';
import { pause } from '../common/pause.js';
import { Secrets } from '../config/secrets.js';
import { guardedRequest } from '../outbound/guarded-request.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { StoredEndpoint } from './endpoint.entity.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { demandTypes } from './events/public-types.js';
import { type Attempt, type Letter, type Send, WebhookSender } from './sender.service.js';
import { toSecret } from '../outbound/webhook-signature.js';
import type { WebhookEvent } from './events/webhook-event.js';
import { WebhookSecrets } from './webhook-secrets.service.js';

/** How often a listener looks for events, ms. */
const LOOK_MS = 250;

/** How long nothing is queued any more after a listener has last said that it listens, seconds. */
const LISTENING_SECONDS = 30;

/** Events that are taken at once. */
const AT_ONCE = 20;

const LEASE_SECONDS = 60;

/** An event that a listener saw, and what came of forwarding it; null if it is not forwarded. */
export interface Heard {
  event: WebhookEvent;
  attempt: Pick<Attempt, 'status' | 'error' | 'durationMs'> | null;
}

/** Whoever listens names the address, which may be on this machine. */
const ANYWHERE: Send = (url, request) => guardedRequest(url, request, { allowsPrivate: true });

/** Sees the events of running servers, for development: an endpoint that exists as long as a command runs, and that no server sends to. */
@Injectable()
export class WebhookListener {
  /** Signs what is forwarded. The same at every start, so that a receiver can keep it. */
  readonly secret: string;

  constructor(
    private readonly endpoints: EndpointsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly sender: WebhookSender,
    private readonly sealed: WebhookSecrets,
    secrets: Secrets,
  ) {
    this.secret = toSecret(secrets.mac('webhook-secrets', 'listener'));
  }

  /**
   * Hands on each event until `stop`.
   * @param forward where each is sent, once; null to send none
   * @throws InvalidRequestError for unknown types
   */
  async listen(
    { types, forward }: { types: string[]; forward: string | null },
    hear: (heard: Heard) => void,
    stop: AbortSignal,
  ): Promise<void> {
    demandTypes(types);
    const endpoint = Object.assign(new StoredEndpoint(), {
      id: newId(),
      url: forward ?? 'http://localhost',
      types,
      description: 'latchkey webhooks listen',
      secret: this.sealed.seal(this.secret),
      previousSecret: null,
      previousUntil: null,
      enabledAt: new Date(),
      listeningUntil: new Date(),
    } satisfies Partial<StoredEndpoint>);
    await this.endpoints.insert(endpoint);
    try {
      for (let round = 0; !stop.aborted; round += 1) {
        // Well within the time for which it counts as listening.
        if (round % 20 === 0) await this.endpoints.keepListening(endpoint.id, LISTENING_SECONDS);
        const heard = await this.hearOnce(endpoint, forward, stop);
        heard.forEach(hear);
        if (heard.length === 0) await pause(LOOK_MS, stop);
      }
    } finally {
      await this.endpoints.delete(endpoint.id);
      await this.deliveries.deleteOf(endpoint.id);
    }
  }

  private async hearOnce(endpoint: StoredEndpoint, forward: string | null, stop: AbortSignal): Promise<Heard[]> {
    const letters = await this.sender.write(await this.deliveries.claim(new Map([[endpoint.id, AT_ONCE]]), LEASE_SECONDS));
    letters.sort((a, b) => Number(BigInt(a.delivery.id) - BigInt(b.delivery.id)));
    const heard: Heard[] = [];
    for (const letter of letters) {
      const attempt = forward === null ? null : await this.sender.send(letter, endpoint, stop, ANYWHERE);
      if (letter.event !== null) heard.push({ event: letter.event, attempt });
    }
    await this.settle(letters);
    return heard;
  }

  /** Once is all: whoever listens sees what fails. */
  private settle(letters: readonly Letter[]): Promise<void> {
    const outcome = { status: null, error: null, response: null, durationMs: null, waitSeconds: null } as const;
    return this.deliveries.settle(
      letters.map(({ delivery: { id, endpointId, attempts } }) => ({ id, endpointId, attempts, state: 'delivered' as const, ...outcome })),
    );
  }
}
