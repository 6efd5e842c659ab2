import { Injectable, type OnModuleInit } from '@nestjs/common';
import { newId } from '../../common/ids.js';
import { DatabaseService } from '../../database/database.service.js';
import { MailSecrets, MailSecretsRegistry, type ResolvedSecrets } from '../../mail/mail-secrets.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { MailBudget } from '../challenges/mail-budget.service.js';
import { Invitations, type Inviter } from './invitations.service.js';
import type { InvitedRole } from './invited-roles.js';

/** Inviting people by mail. */
@Injectable()
export class InvitationMails extends MailSecrets implements OnModuleInit {
  constructor(
    private readonly invitations: Invitations,
    private readonly outbox: OutboxService,
    private readonly budget: MailBudget,
    private readonly registry: MailSecretsRegistry,
    private readonly database: DatabaseService,
  ) {
    super();
  }

  onModuleInit(): void {
    this.registry.resolveWith(this);
  }

  override resolve(challengeId: string): Promise<ResolvedSecrets | null> {
    return this.invitations.reveal(challengeId);
  }

  /**
   * Makes or renews the invitation and mails its link. An address that has had its share of mails gets no further one, so that a stolen
   * session of an administrator floods nobody.
   * @throws InvalidRequestError
   */
  send(wanted: { email: string; role: InvitedRole | null }, by: Inviter): Promise<{ id: string; expiresAt: Date }> {
    return this.database.transaction(async () => {
      const { id, email, expiresAt } = await this.invitations.open(wanted, by);
      if (await this.budget.spend(email, { needed: true, isProven: true })) {
        const dedupeKey = `invitation:${id}:${newId()}`;
        await this.outbox.enqueue({ kind: 'invitation', recipient: email, challengeId: id, expiresAt, dedupeKey });
      }
      return { id, expiresAt };
    });
  }
}
