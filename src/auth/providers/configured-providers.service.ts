import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { AuditAction } from '../../common/declared.js';
import { newId } from '../../common/ids.js';
import { UnknownSecretError } from '../../config/secrets.js';
import { Settings } from '../../config/settings.js';
import { DatabaseService } from '../../database/database.service.js';
import { StoredProvider } from './provider.entity.js';
import { type CompleteProvider, completed } from './provider-fields.js';
import { ProviderSecrets } from './provider-secrets.service.js';
import { ProvidersRepository } from './providers.repository.js';

/**
 * The providers of the setting `PROVIDERS`. They are rows like those of administrators, because identities refer to them, and each start
 * makes the rows what the setting says. Where an administrator made one with the same slug before, the setting takes it over. One that the
 * setting no longer names is disabled and left to administrators: accounts may sign in by it.
 */
@Injectable()
export class ConfiguredProviders {
  constructor(
    private readonly providers: ProvidersRepository,
    private readonly secrets: ProviderSecrets,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  /**
   * Makes the rows what the setting says: all of them, or none. Servers that start at once do it one after the other. Only a server calls it:
   * a command may run without the setting.
   */
  async apply(): Promise<void> {
    const wanted = this.settings.PROVIDERS.map((each) => completed(each));
    await this.database.transaction(async () => {
      if (wanted.length > 0) await this.providers.lockAll();
      const known = new Map((await this.providers.findAll({ enabledOnly: false })).map((row) => [row.slug, row]));
      for (const each of wanted) {
        const row = known.get(each.slug);
        await (row === undefined ? this.add(each) : this.adapt(row, each));
        known.delete(each.slug);
      }
      for (const row of known.values()) if (row.fromSettings) await this.release(row);
    });
  }

  private async add({ clientSecret, enabled, ...fields }: CompleteProvider): Promise<void> {
    const row = Object.assign(new StoredProvider(), {
      ...fields,
      id: newId(),
      clientSecret: clientSecret === null ? null : this.secrets.seal(clientSecret),
      metadata: null,
      metadataAt: null,
      enabledAt: enabled ? new Date() : null,
      fromSettings: true,
    });
    await this.providers.insert(row);
    await this.record('provider.created', row);
  }

  private async adapt(row: StoredProvider, { clientSecret, enabled, ...fields }: CompleteProvider): Promise<void> {
    const isSameSecret = clientSecret === this.secretOf(row);
    const columns: Partial<StoredProvider> = {
      ...fields,
      clientSecret: isSameSecret ? row.clientSecret : clientSecret === null ? null : this.secrets.seal(clientSecret),
      enabledAt: enabled ? (row.enabledAt ?? new Date()) : null,
      fromSettings: true,
    };
    const changed = (Object.keys(columns) as (keyof StoredProvider)[]).filter((name) => !isDeepStrictEqual(row[name], columns[name]));
    if (changed.length === 0) return;
    await this.providers.update(row.id, columns);
    if (changed.includes('issuer')) await this.providers.setMetadata(row.id, null);
    await this.record('provider.updated', row, changed);
  }

  private async release(row: StoredProvider): Promise<void> {
    await this.providers.update(row.id, { enabledAt: null, fromSettings: false });
    await this.record('provider.updated', row, ['enabledAt', 'fromSettings']);
  }

  /** Null for one that nobody can open any more, too: it is then replaced. */
  private secretOf({ clientSecret }: StoredProvider): string | null {
    try {
      return clientSecret === null ? null : this.secrets.open(clientSecret);
    } catch (error) {
      if (error instanceof UnknownSecretError) return null;
      throw error;
    }
  }

  private record(action: AuditAction, { id, slug }: StoredProvider, changed: readonly string[] = []): Promise<void> {
    const fields = changed.map((name) => (name === 'enabledAt' ? 'enabled' : name)).join(' ');
    const details = { slug, by: 'settings', ...(fields === '' ? {} : { fields }) };
    return this.audit.record({ action, outcome: 'success', subjectId: id, details });
  }
}
