import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { pause } from '../common/pause.js';
import { Settings } from '../config/settings.js';
import { describeError } from '../jobs/describe-error.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import type { StoredEndpoint } from './endpoint.entity.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { type Attempt, type Letter, WebhookSender } from './sender.service.js';
import { WebhookSettlement } from './settlement.service.js';

/** How often a server looks for deliveries that are due, ms. */
const LOOK_MS = 500;

/** How long it waits after the database has failed, ms. */
const AFTER_FAILURE_MS = 2_000;

/**
 * How long a claim lasts, seconds: longer than an attempt with all that surrounds it, and short enough that what a dead server has claimed is
 * sent within two minutes.
 */
const LEASE_SECONDS = 60;

/** How long a stop waits for attempts under way, ms. */
const DRAIN_MS = 3_000;

/** An endpoint gets at most this share of all attempts at the same time, so that one that hangs does not hold up others. */
const SHARE_OF_ONE = 1 / 4;

/** Endpoints that fail share at most this part: while all of them hang, the others still have the rest. */
const SHARE_OF_FAILING = 1 / 2;

/**
 * Sends what is due. Every server does; a claim with a lease keeps two of them from the same delivery. It looks into a partial index that
 * holds only what waits: neither a job for each delivery nor a notification, which the commits of all transactions would queue up for.
 */
@Injectable()
export class WebhookDispatcher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Webhooks');
  private readonly stopping = new AbortController();
  private readonly cutting = new AbortController();
  /** Attempts under way, with their endpoint. */
  private readonly underWay = new Map<Promise<void>, Pick<StoredEndpoint, 'id' | 'failingSince'>>();
  private finished: Attempt[] = [];
  private interrupted: Letter[] = [];
  private running: Promise<void> | undefined;
  private awake = new AbortController();

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly endpoints: EndpointsRepository,
    private readonly sender: WebhookSender,
    private readonly settlement: WebhookSettlement,
    private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.MAIL_WORKER === 'on') this.running ??= this.run();
  }

  /** Claims no more, waits a few seconds for the attempts under way, and gives back what they did not finish. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    this.awake.abort();
    await this.running;
    const drained = new AbortController();
    await Promise.race([Promise.all(this.underWay.keys()), pause(DRAIN_MS, drained.signal)]);
    drained.abort();
    this.cutting.abort();
    await Promise.all(this.underWay.keys());
    try {
      await this.settleFinished();
      if (this.interrupted.length > 0) await this.deliveries.release(this.interrupted.map(({ delivery }) => delivery));
    } catch (error) {
      this.logger.warn(`Webhooks that were under way are sent again in a minute: ${describeError(error)}`);
    }
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.awake = new AbortController();
      let waitMs = LOOK_MS;
      try {
        await this.settleFinished();
        if ((await this.claim()) > 0) waitMs = 0;
      } catch (error) {
        this.logger.warn(`Webhooks are interrupted: ${describeError(error)}`);
        waitMs = AFTER_FAILURE_MS;
      }
      if (this.stopping.signal.aborted) return;
      // An attempt that ends makes room for the next one.
      if (this.finished.length === 0 && waitMs > 0) await pause(waitMs, waitMs === LOOK_MS ? this.awake.signal : this.stopping.signal);
    }
  }

  /** Begins attempts as far as there is room. @returns their number */
  private async claim(): Promise<number> {
    const endpoints = new Map((await this.endpoints.findEnabled()).map((endpoint) => [endpoint.id, endpoint]));
    const room = this.roomFor([...endpoints.values()]);
    if (room.size === 0) return 0;
    const letters = await this.sender.write(await this.deliveries.claim(room, LEASE_SECONDS));
    for (const letter of letters) {
      const endpoint = endpoints.get(letter.delivery.endpointId);
      if (endpoint !== undefined) this.begin(letter, endpoint);
    }
    return letters.length;
  }

  private begin(letter: Letter, endpoint: StoredEndpoint): void {
    const attempt = this.sender.send(letter, endpoint, this.cutting.signal).then((result) => {
      this.underWay.delete(attempt);
      if (this.cutting.signal.aborted && result.status === null) this.interrupted.push(letter);
      else this.finished.push(result);
      this.awake.abort();
    });
    this.underWay.set(attempt, endpoint);
  }

  private async settleFinished(): Promise<void> {
    const finished = this.finished;
    if (finished.length === 0) return;
    this.finished = [];
    try {
      await this.settlement.settle(finished);
    } catch (error) {
      // Settling twice does no harm.
      this.finished.unshift(...finished);
      throw error;
    }
  }

  /** How many deliveries of each endpoint may begin now. One that fails gets one at a time, until it takes one again. */
  private roomFor(endpoints: readonly StoredEndpoint[]): Map<string, number> {
    const total = this.settings.WEBHOOK_CONCURRENCY;
    const ofOne = Math.max(1, Math.floor(total * SHARE_OF_ONE));
    const under = [...this.underWay.values()];
    const failing = new Set(endpoints.filter(({ failingSince }) => failingSince !== null).map(({ id }) => id));
    let free = total - under.length;
    let freeForFailing = Math.max(1, Math.floor(total * SHARE_OF_FAILING)) - under.filter(({ id }) => failing.has(id)).length;
    const room = new Map<string, number>();
    for (const { id } of shuffled(endpoints)) {
      const most = failing.has(id) ? Math.min(1, freeForFailing) : ofOne;
      const granted = Math.min(most - under.filter((each) => each.id === id).length, free);
      if (granted <= 0) continue;
      room.set(id, granted);
      free -= granted;
      if (failing.has(id)) freeForFailing -= granted;
    }
    return room;
  }
}

/** In another order each time, so that no endpoint is always the last. */
function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((each) => ({ each, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}
