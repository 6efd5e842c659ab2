import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Secrets } from '../../config/secrets.js';
import { Settings } from '../../config/settings.js';
import { ProvidersRepository } from './providers.repository.js';

/** Client secrets and private keys, sealed in the database. While `APP_SECRET` is being changed a start seals them anew. */
@Injectable()
export class ProviderSecrets implements OnApplicationBootstrap {
  private readonly logger = new Logger('ProviderSecrets');

  constructor(
    private readonly providers: ProvidersRepository,
    private readonly secrets: Secrets,
    private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    // Nobody waits for it, and it never fails.
    if (this.settings.APP_SECRET_PREVIOUS !== undefined) void this.resealAll();
  }

  /** The secret as it is stored. */
  seal(secret: string): string {
    return this.secrets.encrypt('provider-secrets', Buffer.from(secret));
  }

  /** @throws UnknownSecretError if it was sealed under a secret that is no longer configured */
  open(sealed: string): string {
    return this.secrets.decrypt('provider-secrets', sealed).toString();
  }

  /** Seals all secrets under the current `APP_SECRET`; one that cannot be opened keeps no other from that. Never fails. */
  async resealAll(): Promise<void> {
    try {
      for (const { id, slug, clientSecret } of await this.providers.findAll({ enabledOnly: false })) {
        if (clientSecret === null || clientSecret.startsWith(`${this.secrets.currentId}.`)) continue;
        await this.reseal(id, clientSecret).catch((error: Error) => this.warn(`The secret of the identity provider ${slug}`, error));
      }
    } catch (error) {
      this.warn('Secrets of identity providers', error as Error);
    }
  }

  private async reseal(id: string, sealed: string): Promise<void> {
    await this.providers.reseal(id, sealed, this.seal(this.open(sealed)));
  }

  private warn(what: string, { message }: Error): void {
    this.logger.warn(`${what} could not be encrypted anew: ${message}`);
  }
}
