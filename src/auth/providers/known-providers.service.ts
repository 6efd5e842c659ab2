import { Injectable } from '@nestjs/common';
import type { Provider } from './provider.js';
import { ProvidersRepository } from './providers.repository.js';

/** What an identity needs to know of its provider. */
export type KnownProvider = Pick<Provider, 'id' | 'slug' | 'preset' | 'issuer'>;

/** The providers that are set up, without what speaks to them: for the command line. */
@Injectable()
export class KnownProviders {
  constructor(private readonly providers: ProvidersRepository) {}

  /** All of them, in the order in which they were made. */
  async list(): Promise<KnownProvider[]> {
    const all = await this.providers.findAll({ enabledOnly: false });
    return all.map(({ id, slug, preset, issuer }) => ({ id, slug, preset, issuer }));
  }
}
