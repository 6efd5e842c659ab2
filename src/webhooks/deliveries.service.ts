import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { type Position, invalidCursor, toPage } from '../common/pagination.js';
import { DatabaseService } from '../database/database.service.js';
import type { Delivery, DeliveryState } from './delivery.entity.js';
import { DELIVERY_STATES } from './delivery.entity.js';
import { DeliveriesRepository, type ReplayFilter } from './deliveries.repository.js';
import type { WebhookActor } from './endpoint.js';
import { EndpointsService } from './endpoints.service.js';
import { DeliveryNotFoundError, WebhookDisabledError } from './errors.js';
import { WebhookSender } from './sender.service.js';
import type { WebhookEvent } from './events/webhook-event.js';

/** Ids of deliveries: at most those of PostgreSQL's int8. */
const ID = /^[1-9]\d{0,17}$/;

/** What has failed, or waits for another attempt. */
const FAILED = ['failed', 'dead'] as const satisfies readonly DeliveryState[];

/** What an endpoint was told, and telling it again. */
@Injectable()
export class WebhookDeliveries {
  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly endpoints: EndpointsService,
    private readonly sender: WebhookSender,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * One page of an endpoint's deliveries, newest first.
   * @throws WebhookNotFoundError, InvalidRequestError if `after` is no position in the list
   */
  async list(
    endpointId: string,
    filter: { state?: DeliveryState | undefined },
    limit: number,
    after?: Position,
  ): Promise<{ entries: Delivery[]; next: Position | null }> {
    await this.endpoints.getById(endpointId);
    if (after !== undefined && (after.length !== 1 || !ID.test(after[0] ?? ''))) throw invalidCursor();
    return toPage(await this.deliveries.find(endpointId, filter, limit + 1, after?.[0]), limit, ({ id }) => [id]);
  }

  /** A delivery with what is sent; that is null when the event is no longer on record. @throws WebhookNotFoundError, DeliveryNotFoundError */
  async get(endpointId: string, id: string): Promise<{ delivery: Delivery; event: WebhookEvent | null }> {
    await this.endpoints.getById(endpointId);
    const delivery = ID.test(id) ? await this.deliveries.findById(endpointId, id) : null;
    if (delivery === null) throw new DeliveryNotFoundError();
    const [letter] = await this.sender.write([delivery]);
    return { delivery, event: letter?.event ?? null };
  }

  /**
   * Sends one again, with the same id, whatever came of it; one that is being sent stays as it is.
   * @throws WebhookNotFoundError, WebhookDisabledError, DeliveryNotFoundError
   */
  async retry(endpointId: string, id: string, by: WebhookActor): Promise<Delivery> {
    await this.get(endpointId, id);
    await this.replayed(endpointId, DELIVERY_STATES, { id }, by);
    return (await this.get(endpointId, id)).delivery;
  }

  /**
   * Sends again what has failed since a time, or one event whatever came of it.
   * @returns the number of deliveries
   * @throws WebhookNotFoundError, WebhookDisabledError
   */
  replay(endpointId: string, { eventId, since, until }: Omit<ReplayFilter, 'id'>, by: WebhookActor): Promise<number> {
    return this.replayed(endpointId, eventId === undefined ? FAILED : DELIVERY_STATES, { eventId, since, until }, by);
  }

  private async replayed(
    endpointId: string,
    states: readonly DeliveryState[],
    filter: ReplayFilter,
    { actorId, caller }: WebhookActor,
  ): Promise<number> {
    const { enabled, url } = await this.endpoints.getById(endpointId);
    if (!enabled) throw new WebhookDisabledError();
    return this.database.transaction(async () => {
      const count = await this.deliveries.replay(endpointId, states, filter);
      const details = { host: new URL(url).host, count };
      await this.audit.record({ action: 'webhook.replayed', outcome: 'success', actorId, subjectId: endpointId, caller, details });
      return count;
    });
  }
}
