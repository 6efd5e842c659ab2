import { Injectable } from '@nestjs/common';
import { Invitations } from '../auth/invitations/invitations.service.js';
import type { InvitedRole } from '../auth/invitations/invited-roles.js';
import { DatabaseService } from '../database/database.service.js';

/** An invitation that is handed over by the operator of the server instead of mailed. */
export interface InvitationLink {
  id: string;
  email: string;
  link: string;
  expiresAt: Date;
}

/** Invites people for the operator of the server. */
@Injectable()
export class InvitationLinks {
  constructor(
    private readonly invitations: Invitations,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Makes an invitation, or renews the open one of the address. No mail is sent: the operator vouches for whoever gets the link, because
   * accepting it counts as the proof of the address.
   * @throws InvalidRequestError
   */
  async make(email: string, role: InvitedRole | null): Promise<InvitationLink> {
    const { id, email: stored } = await this.database.transaction(() => this.invitations.open({ email, role }, {}));
    const revealed = await this.invitations.reveal(id);
    if (revealed === null) throw new Error('The invitation was revoked at the same moment; make another one');
    const { link, expiresAt } = revealed;
    return { id, email: stored, link, expiresAt };
  }
}
