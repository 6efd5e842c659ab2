import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { PreconditionFailedError } from '../common/errors.js';
import { isId, newId } from '../common/ids.js';
import { Settings } from '../config/settings.js';
import { DatabaseService } from '../database/database.service.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { type Endpoint, type EndpointChanges, MAX_ENDPOINTS, type NewEndpoint, type WebhookActor, toEndpoint } from './endpoint.js';
import { StoredEndpoint } from './endpoint.entity.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { TooManyWebhooksError, WebhookDisabledError, WebhookNotFoundError } from './errors.js';
import { PING } from './events/event-reader.js';
import { demandTypes } from './events/public-types.js';
import { newSecret } from '../outbound/webhook-signature.js';
import { WebhookSecrets } from './webhook-secrets.service.js';
import { demandUrl } from './webhook-url.js';

/** How long the secret before signs as well, seconds: receivers get the new one meanwhile. */
const OVERLAP_SECONDS = 24 * 60 * 60;

/** Endpoints, as administrators register them. */
@Injectable()
export class EndpointsService {
  constructor(
    private readonly endpoints: EndpointsRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly secrets: WebhookSecrets,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  /** In the order in which they were registered. */
  async list(): Promise<Endpoint[]> {
    return (await this.endpoints.findAll()).map(toEndpoint);
  }

  /** @throws WebhookNotFoundError */
  async getById(id: string): Promise<Endpoint> {
    const found = isId(id) ? await this.endpoints.findById(id) : null;
    if (found === null || found.listeningUntil !== null) throw new WebhookNotFoundError();
    return toEndpoint(found);
  }

  /**
   * Registers one.
   * @returns its secret as well, which nobody can read again
   * @throws InvalidRequestError, TooManyWebhooksError
   */
  async create(input: NewEndpoint, { actorId, caller }: WebhookActor): Promise<{ endpoint: Endpoint; secret: string }> {
    this.demandSound(input);
    const { url, types = ['*'], description = '', enabled = true } = input;
    const secret = newSecret();
    const id = newId();
    return this.database.transaction(async () => {
      if ((await this.endpoints.lockCount()) >= MAX_ENDPOINTS) throw new TooManyWebhooksError(MAX_ENDPOINTS);
      await this.endpoints.insert(
        Object.assign(new StoredEndpoint(), {
          id,
          url,
          types,
          description,
          secret: this.secrets.seal(secret),
          enabledAt: enabled ? new Date() : null,
          disabledReason: enabled ? null : 'administrator',
        } satisfies Partial<StoredEndpoint>),
      );
      await this.audit.record({ action: 'webhook.created', outcome: 'success', actorId, subjectId: id, caller, details: hostOf(url) });
      return { endpoint: await this.getById(id), secret };
    });
  }

  /**
   * Changes all given fields, or none of them. One that is enabled again begins with a clean slate, and gets what waits for it.
   * @throws WebhookNotFoundError, PreconditionFailedError, InvalidRequestError
   */
  async update(id: string, changes: EndpointChanges, { actorId, caller }: WebhookActor, versions?: readonly number[]): Promise<Endpoint> {
    this.demandSound(changes);
    return this.database.transaction(async () => {
      const now = await this.lock(id, versions);
      const { enabled, ...fields } = changes;
      const wanted: Partial<StoredEndpoint> = {
        ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
        // Nothing has failed there yet.
        ...(changes.url !== undefined && changes.url !== now.url ? { failingSince: null } : {}),
        ...(enabled === true && now.enabledAt === null ? { enabledAt: new Date(), disabledReason: null, failingSince: null } : {}),
        ...(enabled === false && now.enabledAt !== null ? { enabledAt: null, disabledReason: 'administrator' as const } : {}),
      };
      const changed = (Object.keys(wanted) as (keyof StoredEndpoint)[]).filter((name) => !isDeepStrictEqual(now[name], wanted[name]));
      if (changed.length === 0) return toEndpoint(now);
      await this.endpoints.update(id, wanted);
      const names = Object.entries(changes).filter(([name, value]) => value !== undefined && changed.includes(columnOf(name)));
      const details = { ...hostOf(wanted.url ?? now.url), fields: names.map(([name]) => name).join(' ') };
      await this.audit.record({ action: 'webhook.updated', outcome: 'success', actorId, subjectId: id, caller, details });
      return this.getById(id);
    });
  }

  /** Deletes one with all its deliveries. @throws WebhookNotFoundError, PreconditionFailedError */
  async delete(id: string, { actorId, caller }: WebhookActor, versions?: readonly number[]): Promise<void> {
    await this.database.transaction(async () => {
      const now = await this.lock(id, versions);
      await this.endpoints.delete(id);
      await this.deliveries.deleteOf(id);
      await this.audit.record({ action: 'webhook.deleted', outcome: 'success', actorId, subjectId: id, caller, details: hostOf(now.url) });
    });
  }

  /**
   * Gives it another secret. The one before signs as well for 24 hours, one before that no longer.
   * @throws WebhookNotFoundError
   */
  async rotate(id: string, { actorId, caller }: WebhookActor): Promise<{ endpoint: Endpoint; secret: string }> {
    const secret = newSecret();
    return this.database.transaction(async () => {
      const now = await this.lock(id, undefined);
      await this.endpoints.replaceSecret(id, this.secrets.seal(secret), now.secret, OVERLAP_SECONDS);
      const details = hostOf(now.url);
      await this.audit.record({ action: 'webhook.secret_rotated', outcome: 'success', actorId, subjectId: id, caller, details });
      return { endpoint: await this.getById(id), secret };
    });
  }

  /** Has an event sent to this endpoint alone, on the way of all others. @throws WebhookNotFoundError, WebhookDisabledError */
  async ping(id: string, { actorId, caller }: WebhookActor): Promise<void> {
    await this.database.transaction(async () => {
      const now = await this.lock(id, undefined);
      if (now.enabledAt === null) throw new WebhookDisabledError();
      await this.audit.record({ action: PING, outcome: 'success', actorId, subjectId: id, caller });
    });
  }

  private async lock(id: string, versions: readonly number[] | undefined): Promise<StoredEndpoint> {
    const row = isId(id) ? await this.endpoints.lockById(id) : null;
    if (row === null) throw new WebhookNotFoundError();
    if (versions !== undefined && !versions.includes(row.version)) throw new PreconditionFailedError();
    return row;
  }

  /** What the request's own checks have found already where it came by HTTP. */
  private demandSound({ url, types }: EndpointChanges): void {
    if (url !== undefined) demandUrl(url, this.settings);
    if (types !== undefined) demandTypes(types);
  }
}

/** The host alone: the address may hold a secret of the receiver's. */
function hostOf(url: string): { host: string } {
  return { host: new URL(url).host };
}

function columnOf(name: string): keyof StoredEndpoint {
  return name === 'enabled' ? 'enabledAt' : (name as keyof StoredEndpoint);
}
