import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Secrets } from '../config/secrets.js';
import { Settings } from '../config/settings.js';
import type { StoredEndpoint } from './endpoint.entity.js';
import { EndpointsRepository } from './endpoints.repository.js';

/** Secrets of endpoints, sealed in the database. While `APP_SECRET` is being changed a start seals them anew. */
@Injectable()
export class WebhookSecrets implements OnApplicationBootstrap {
  private readonly logger = new Logger('Webhooks');

  constructor(
    private readonly endpoints: EndpointsRepository,
    private readonly secrets: Secrets,
    private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    // Nobody waits for it, and it never fails.
    if (this.settings.APP_SECRET_PREVIOUS !== undefined) void this.resealAll();
  }

  /** The secret as it is stored. */
  seal(secret: string): string {
    return this.secrets.encrypt('webhook-secrets', Buffer.from(secret));
  }

  /** The secrets that sign now, the newest first. @throws UnknownSecretError if one was sealed under a secret that is no longer configured */
  live({ secret, previousSecret, previousUntil }: StoredEndpoint, now: number): string[] {
    const isLive = previousSecret !== null && previousUntil !== null && previousUntil.getTime() > now;
    return [secret, ...(isLive ? [previousSecret] : [])].map((sealed) => this.open(sealed));
  }

  /** Seals all secrets under the current `APP_SECRET`; one that cannot be opened keeps no other from that. Never fails. */
  async resealAll(): Promise<void> {
    try {
      for (const endpoint of await this.endpoints.findAll()) {
        if (endpoint.secret.startsWith(`${this.secrets.currentId}.`)) continue;
        await this.reseal(endpoint).catch(({ message }: Error) => this.warn(`The secret of the webhook ${endpoint.id}`, message));
      }
    } catch (error) {
      this.warn('Secrets of webhooks', (error as Error).message);
    }
  }

  private async reseal({ id, secret, previousSecret }: StoredEndpoint): Promise<void> {
    const anew = (sealed: string): string => this.seal(this.open(sealed));
    await this.endpoints.reseal(id, secret, anew(secret), previousSecret === null ? null : anew(previousSecret));
  }

  private open(sealed: string): string {
    return this.secrets.decrypt('webhook-secrets', sealed).toString();
  }

  private warn(what: string, message: string): void {
    this.logger.warn(`${what} could not be encrypted anew: ${message}`);
  }
}
