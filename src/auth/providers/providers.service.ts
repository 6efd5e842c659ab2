import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError, PreconditionFailedError } from '../../common/errors.js';
import { isId, newId } from '../../common/ids.js';
import { Settings } from '../../config/settings.js';
import { DatabaseService } from '../../database/database.service.js';
import { ProviderFromSettingsError, ProviderNotFoundError } from './errors.js';
import type { NewProvider, Provider, ProviderChanges } from './provider.js';
import { StoredProvider } from './provider.entity.js';
import { completed, demandAcrMap, demandAddress, demandAppleKey, demandEndpoints, demandTenant } from './provider-fields.js';
import { ProviderSecrets } from './provider-secrets.service.js';
import { ProvidersRepository } from './providers.repository.js';

/** The administrator who makes a change. */
export interface ProviderActor {
  actorId: string;
  caller: Caller;
}

/** Identity providers, as administrators set them up. */
@Injectable()
export class ProvidersService {
  constructor(
    private readonly providers: ProvidersRepository,
    private readonly secrets: ProviderSecrets,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  /** In the order in which they were made. */
  async list({ enabledOnly }: { enabledOnly: boolean }): Promise<Provider[]> {
    return (await this.providers.findAll({ enabledOnly })).map(toProvider);
  }

  /** @throws ProviderNotFoundError */
  async getById(id: string): Promise<Provider> {
    const found = isId(id) ? await this.providers.findById(id) : null;
    if (found === null) throw new ProviderNotFoundError();
    return toProvider(found);
  }

  /** @throws ProviderNotFoundError, also for one that is disabled */
  async getEnabled(slug: string): Promise<Provider> {
    const found = await this.providers.findBySlug(slug);
    if (found === null || found.enabledAt === null) throw new ProviderNotFoundError();
    return toProvider(found);
  }

  /** Where the provider sends people back to; it has to be told. */
  redirectUriOf({ slug }: Pick<Provider, 'slug'>): string {
    return `${String(this.settings.PUBLIC_URL)}/v1/sign-ins/callback/${slug}`;
  }

  /** @throws InvalidRequestError, ProviderSlugTakenError */
  async create(input: NewProvider, { actorId, caller }: ProviderActor): Promise<Provider> {
    this.demandSound(input);
    const { clientSecret, enabled, ...fields } = completed(input);
    const provider: StoredProvider = Object.assign(new StoredProvider(), {
      ...fields,
      id: newId(),
      clientSecret: clientSecret === null ? null : this.secrets.seal(clientSecret),
      metadata: null,
      metadataAt: null,
      enabledAt: enabled ? new Date() : null,
      fromSettings: false,
    });
    await this.database.transaction(async () => {
      await this.providers.insert(provider);
      const details = { slug: provider.slug };
      await this.audit.record({ action: 'provider.created', outcome: 'success', actorId, subjectId: provider.id, caller, details });
    });
    return this.getById(provider.id);
  }

  /**
   * Changes all given fields, or none of them. A provider that moves to another address needs its secret again: nobody has the one that is
   * stored sent to a server of theirs.
   * @throws ProviderNotFoundError, ProviderFromSettingsError, PreconditionFailedError, InvalidRequestError
   */
  async update(id: string, changes: ProviderChanges, { actorId, caller }: ProviderActor, versions?: readonly number[]): Promise<Provider> {
    this.demandSound(changes);
    return this.database.transaction(async () => {
      const now = await this.lock(id, versions);
      const { clientSecret, enabled, ...fields } = changes;
      const wanted: Partial<StoredProvider> = {
        ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
        ...(clientSecret === undefined ? {} : { clientSecret: this.secrets.seal(clientSecret) }),
        ...(enabled === undefined ? {} : { enabledAt: enabled ? (now.enabledAt ?? new Date()) : null }),
      };
      demandMovable(now, wanted);
      const changed = (Object.keys(wanted) as (keyof StoredProvider)[]).filter((name) => !isDeepStrictEqual(now[name], wanted[name]));
      if (changed.length === 0) return toProvider(now);
      await this.providers.update(id, wanted);
      if (changed.includes('issuer')) await this.providers.setMetadata(id, null);
      const details = { slug: now.slug, fields: changed.map((name) => (name === 'enabledAt' ? 'enabled' : name)).join(' ') };
      await this.audit.record({ action: 'provider.updated', outcome: 'success', actorId, subjectId: id, caller, details });
      return this.getById(id);
    });
  }

  /** @throws ProviderNotFoundError, ProviderFromSettingsError, PreconditionFailedError; ProviderInUseError while accounts sign in by it */
  async delete(id: string, { actorId, caller }: ProviderActor, versions?: readonly number[]): Promise<void> {
    await this.database.transaction(async () => {
      const now = await this.lock(id, versions);
      await this.providers.delete(id);
      const details = { slug: now.slug };
      await this.audit.record({ action: 'provider.deleted', outcome: 'success', actorId, subjectId: id, caller, details });
    });
  }

  /** The row, for an edit by an administrator. */
  private async lock(id: string, versions: readonly number[] | undefined): Promise<StoredProvider> {
    const row = isId(id) ? await this.providers.lockById(id) : null;
    if (row === null) throw new ProviderNotFoundError();
    if (row.fromSettings) throw new ProviderFromSettingsError();
    if (versions !== undefined && !versions.includes(row.version)) throw new PreconditionFailedError();
    return row;
  }

  /** What the request's own checks have found already where it came by HTTP. */
  private demandSound({ issuer, endpoints, appleKey, acrMap }: ProviderChanges): void {
    if (issuer !== undefined) demandAddress(issuer, '/issuer', this.settings);
    if (endpoints !== undefined) demandEndpoints({ ...endpoints }, this.settings);
    if (appleKey !== undefined) demandAppleKey({ ...appleKey });
    if (acrMap !== undefined) demandAcrMap(acrMap);
  }
}

/** @throws InvalidRequestError */
function demandMovable(now: StoredProvider, wanted: Partial<StoredProvider>): void {
  if (wanted.endpoints !== undefined && now.kind === 'oidc') {
    throw InvalidRequestError.field('endpoints', 'provider.wrong_kind', 'An OpenID provider names its endpoints itself.');
  }
  if (wanted.issuer !== undefined && now.preset === 'microsoft') demandTenant(wanted.issuer);
  const moves =
    (wanted.issuer !== undefined && wanted.issuer !== now.issuer) ||
    (wanted.endpoints !== undefined && !isDeepStrictEqual(wanted.endpoints, now.endpoints));
  if (moves && now.clientSecret !== null && wanted.clientSecret === undefined) {
    throw InvalidRequestError.field('clientSecret', 'required', 'Send the secret again: it goes to another address from now on.');
  }
}

function toProvider(stored: StoredProvider): Provider {
  const { id, slug, name, kind, preset, issuer, clientId, clientSecret, scopes, endpoints, appleKey } = stored;
  const { emailTrusted, links, signUps, acrMap, fromSettings, enabledAt, createdAt, version } = stored;
  const identity = { id, slug, name, kind, preset, issuer, clientId, hasSecret: clientSecret !== null, scopes, endpoints, appleKey };
  return { ...identity, emailTrusted, links, signUps, acrMap, fromSettings, enabledAt, createdAt, version };
}
