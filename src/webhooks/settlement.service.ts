import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { DatabaseService } from '../database/database.service.js';
import { OutboxService } from '../mail/outbox.service.js';
import { DirectoryService } from '../users/directory/directory.service.js';
import type { Position } from '../common/pagination.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { type DisablingCause, EndpointsRepository } from './endpoints.repository.js';
import type { Attempt } from './sender.service.js';

/** An endpoint that has failed for so long is disabled, days. */
const PATIENCE_DAYS = 5;

/** Administrators that are read at once. */
const PAGE = 100;

type AdministratorPage = Awaited<ReturnType<DirectoryService['list']>>;

/** Records what attempts came to, and disables endpoints whose receiver is gone. */
@Injectable()
export class WebhookSettlement {
  private readonly logger = new Logger('Webhooks');

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly endpoints: EndpointsRepository,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly directory: DirectoryService,
  ) {}

  /** Records what attempts of a moment came to. An endpoint that took one of them works. */
  async settle(attempts: readonly Attempt[]): Promise<void> {
    await this.deliveries.settle(attempts);
    const working = new Set(attempts.flatMap(({ state, endpointId }) => (state === 'delivered' ? [endpointId] : [])));
    const failing = new Set(attempts.map(({ endpointId }) => endpointId).filter((id) => !working.has(id)));
    await this.endpoints.noteHealth([...working], [...failing]);
    const gone = new Map(attempts.flatMap(({ isGone, endpointId, url }) => (isGone ? [[endpointId, url]] : [])));
    for (const [id, url] of gone) await this.disable(id, { reason: 'gone', url });
    for (const id of failing) if (!gone.has(id)) await this.disable(id, { reason: 'failing', days: PATIENCE_DAYS });
  }

  /** Disables an endpoint, on record and with a mail to every administrator: once, whichever server does it. */
  private async disable(id: string, why: DisablingCause): Promise<void> {
    const { reason } = why;
    await this.database.transaction(async () => {
      const disabled = await this.endpoints.disable(id, why);
      if (disabled === null) return;
      const { host } = new URL(disabled.url);
      await this.audit.record({ action: 'webhook.disabled', outcome: 'success', subjectId: id, details: { host, reason } });
      await this.tellAdministrators(host);
      this.logger.warn({ msg: 'Webhook disabled', webhook: id, host, reason });
    });
  }

  /** @param host of the receiver: the whole address may hold a secret */
  private async tellAdministrators(host: string): Promise<void> {
    for (let after: Position | null | undefined; after !== null;) {
      const page: AdministratorPage = await this.directory.list({ role: 'admin', status: 'active' }, PAGE, after);
      for (const { id: userId, email: recipient, emailVerifiedAt, locale, firstName } of page.entries) {
        if (recipient === null || emailVerifiedAt === null) continue;
        await this.outbox.enqueue({ kind: 'webhook-disabled', recipient, userId, locale, params: { firstName, about: host } });
      }
      after = page.next;
    }
  }
}
