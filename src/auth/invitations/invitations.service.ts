import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { Catalogue } from '../../common/catalogue.js';
import type { Caller } from '../../common/caller.js';
import { isId, newId } from '../../common/ids.js';
import { Settings } from '../../config/settings.js';
import { ChallengeSecrets } from '../../tokens/challenges/challenge-secrets.service.js';
import { ChallengeExpiredError, InvalidChallengeError } from '../../tokens/challenges/errors.js';
import { fromEmail } from '../../users/identifiers.js';
import { InvitationNotFoundError } from './errors.js';
import type { Invitation } from './invitation.entity.js';
import type { InvitedRole } from './invited-roles.js';
import { InvitationsRepository } from './invitations.repository.js';

/** Length of the code that every derivation makes; an invitation uses none. */
const CODE_DIGITS = 8;

/** Who invites: an administrator; nothing for the command line. */
export interface Inviter {
  actorId?: string;
  caller?: Caller;
}

/** Invitations: made, shown, revoked, and found by the token of their link. */
@Injectable()
export class Invitations {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly secrets: ChallengeSecrets,
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes an invitation, or renews the open one of the address, which keeps its id. Says nothing about who has an account. Joins the caller's
   * transaction.
   * @throws InvalidRequestError
   */
  async open(
    { email, role }: { email: string; role: InvitedRole | null },
    by: Inviter,
  ): Promise<{ id: string; email: string; expiresAt: Date }> {
    const { stored, key } = fromEmail(email);
    const { secretId } = this.secrets.make(CODE_DIGITS);
    const draft = { id: newId(), email: stored, emailKey: key, role, invitedBy: by.actorId ?? null, secretId };
    const { id, expiresAt } = await this.invitations.open(draft, this.catalogue.purposes.invitation.ttlSeconds);
    const details = { invitation: id, ...(role !== null && { role }) };
    await this.audit.record({ action: 'invitation.sent', outcome: 'success', subjectId: null, details, ...by });
    return { id, email: stored, expiresAt };
  }

  /** Those that are open, expired ones too, the newest first. */
  async list(limit: number, before?: string): Promise<{ entries: Invitation[]; next: readonly string[] | null }> {
    const found = await this.invitations.findPage(limit + 1, before);
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    return { entries, next: found.length > limit && last !== undefined ? [last.id] : null };
  }

  /**
   * Its link is dead from then on. Joins the caller's transaction.
   * @throws InvitationNotFoundError for one that is accepted or revoked, too
   */
  async revoke(id: string, by: Inviter): Promise<void> {
    if (!isId(id) || !(await this.invitations.revoke(id))) throw new InvitationNotFoundError();
    await this.audit.record({ action: 'invitation.revoked', outcome: 'success', subjectId: null, details: { invitation: id }, ...by });
  }

  /**
   * The invitation whose link was opened. Uses nothing up.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async check(token: string): Promise<Invitation> {
    const id = this.secrets.idIn(token);
    const found = id === null ? null : await this.invitations.findOpen(id);
    if (found === null || !this.secrets.isTokenOf(found, token)) throw new InvalidChallengeError();
    if (found.expired) throw new ChallengeExpiredError();
    return found;
  }

  /** The open invitation of an address; null for none. */
  async findFor(email: string): Promise<Invitation | null> {
    const found = await this.invitations.findOpenFor(fromEmail(email).key);
    return found === null || found.expired ? null : found;
  }

  /**
   * Uses an invitation up; joins the caller's transaction, so that it stays open when the rest fails.
   * @throws InvalidChallengeError when another request was faster, or it was revoked
   */
  async redeem({ id }: Pick<Invitation, 'id'>, acceptedBy: string): Promise<void> {
    if (!(await this.invitations.redeem(id, acceptedBy))) throw new InvalidChallengeError();
  }

  /** The link of an invitation; null for one that no longer works. */
  async reveal(id: string): Promise<{ code: string; link: string; expiresAt: Date } | null> {
    const found = await this.invitations.findOpen(id);
    const secrets = found === null || found.expired ? null : this.secrets.reveal({ ...found, codeDigits: CODE_DIGITS });
    if (found === null || secrets === null) return null;
    const link = `${this.settings.PUBLIC_URL}${this.catalogue.purposes.invitation.page}?token=${secrets.token}`;
    return { code: secrets.code, link, expiresAt: found.expiresAt };
  }
}
