import { Injectable, Logger } from '@nestjs/common';
import type { Configuration, ServerMetadata, getJwksCache } from 'openid-client';
import type { StoredProvider } from './provider.entity.js';
import { ProviderUnavailableError } from './errors.js';
import { ProvidersRepository } from './providers.repository.js';

/** How long a discovery document is used before it is read again, ms. */
const FRESH_MS = 60 * 60_000;
/** How long it is used when the provider does not tell a new one, ms: endpoints move rarely, and one that is away signs nobody in anyway. */
const STALE_MS = 7 * 24 * 60 * 60_000;
/** How long a provider is left alone after it did not answer, ms: those who wait for it would otherwise pile up. */
const PAUSE_MS = 5_000;

/** The key sets of providers as `openid-client` keeps them. */
type Keys = NonNullable<ReturnType<typeof getJwksCache>>;

/** How old keys are said to be, seconds: at this age an id of a key that is not among them is looked for at the provider. */
const LOOKED_UP_AFTER_SECONDS = 61;
/** How long keys are used at most, seconds. */
const KEYS_SECONDS = 300 - LOOKED_UP_AFTER_SECONDS;

/** What providers say of themselves: discovery documents, kept in the database, and keys, kept in memory. */
@Injectable()
export class ProviderMetadata {
  private readonly logger = new Logger('ProviderMetadata');
  private readonly asking = new Map<string, Promise<ServerMetadata>>();
  private readonly failed = new Map<string, { at: number; error: unknown }>();
  private readonly keys = new Map<string, { issuer: string; jwks: Keys['jwks']; at: number }>();

  constructor(private readonly providers: ProvidersRepository) {}

  /**
   * The metadata of a provider. One that does not answer is known by what it said before.
   * @param discover asks the provider
   * @throws ProviderUnavailableError
   */
  async of(provider: StoredProvider, discover: () => Promise<Configuration>): Promise<ServerMetadata> {
    const { id, slug, issuer, metadata, metadataAt } = provider;
    const known =
      metadata === null || metadataAt === null ? null : { metadata: metadata as unknown as ServerMetadata, at: metadataAt.getTime() };
    if (known !== null && known.at > Date.now() - FRESH_MS) return known.metadata;
    const key = `${id} ${issuer}`;
    const asked = this.asking.get(key) ?? this.ask(key, id, discover).finally(() => this.asking.delete(key));
    this.asking.set(key, asked);
    try {
      return await asked;
    } catch (error) {
      if (known !== null && known.at > Date.now() - STALE_MS) return known.metadata;
      this.logger.warn(`Provider ${slug}: ${describe(error)}`);
      throw error instanceof ProviderUnavailableError ? error : new ProviderUnavailableError(error);
    }
  }

  /**
   * The provider's keys that are known, if they are fresh. Their age is shifted so that a key that came meanwhile is looked for at once:
   * `openid-client` does that only for keys that are older than a minute.
   */
  keysOf({ id, issuer }: Pick<StoredProvider, 'id' | 'issuer'>): Keys | undefined {
    const known = this.keys.get(id);
    if (known === undefined || known.issuer !== issuer || known.at < Date.now() - KEYS_SECONDS * 1_000) return undefined;
    return { jwks: known.jwks, uat: Math.floor(known.at / 1_000) - LOOKED_UP_AFTER_SECONDS };
  }

  /** Keeps the keys that were used for an answer. */
  keepKeys({ id, issuer }: Pick<StoredProvider, 'id' | 'issuer'>, used: Keys | undefined): void {
    if (used === undefined || JSON.stringify(this.keys.get(id)?.jwks) === JSON.stringify(used.jwks)) return;
    this.keys.set(id, { issuer, jwks: used.jwks, at: Date.now() });
  }

  private async ask(key: string, id: string, discover: () => Promise<Configuration>): Promise<ServerMetadata> {
    const failure = this.failed.get(key);
    if (failure !== undefined && failure.at > Date.now() - PAUSE_MS) throw failure.error;
    try {
      // Without the functions that openid-client adds.
      const metadata = JSON.parse(JSON.stringify((await discover()).serverMetadata())) as ServerMetadata;
      await this.providers.setMetadata(id, metadata);
      this.failed.delete(key);
      return metadata;
    } catch (error) {
      this.failed.set(key, { at: Date.now(), error });
      throw error;
    }
  }
}

/** An error and what caused it, for the log. */
export function describe(error: unknown): string {
  const parts: string[] = [];
  for (let each: unknown = error; each instanceof Error && parts.length < 5; each = each.cause) parts.push(each.message);
  return parts.join(': ');
}
