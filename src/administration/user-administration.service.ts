import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { AccountDeletionService } from '../auth/account/account-deletion.service.js';
import { EmailVerificationMails } from '../auth/contacts/email-verification-mails.service.js';
import { type Authorization, CredentialChange } from '../auth/passwords/credential-change.service.js';
import { ForcedResetService } from '../auth/passwords/forced-reset.service.js';
import type { Caller } from '../common/caller.js';
import type { Principal } from '../common/principal.js';
import { DatabaseService } from '../database/database.service.js';
import { SessionsService } from '../tokens/sessions/sessions.service.js';
import type { Account } from '../users/account.js';
import { ContactsService } from '../users/contacts.service.js';
import { type Versions, demandVersion } from '../users/standing.service.js';
import { NoEmailError } from './errors.js';

/** The administrator who acts. */
export interface Actor {
  principal: Principal;
  actorId: string;
  caller: Caller;
}

/**
 * Manages accounts and their sessions for administrators. Each act and its audit event, which names the administrator, commit together or
 * not at all.
 */
@Injectable()
export class UserAdministrationService {
  constructor(
    private readonly contacts: ContactsService,
    private readonly sessions: SessionsService,
    private readonly verification: EmailVerificationMails,
    private readonly gate: CredentialChange,
    private readonly resets: ForcedResetService,
    private readonly deletion: AccountDeletionService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Locks the password of an account, ends all its sessions, invalidates its codes and links, and mails it a link to choose a new password.
   * Administrators cannot choose a password for somebody else.
   * @throws UserNotFoundError; NoEmailError where no address is its owner's for sure, because nobody could sign in again
   */
  async forcePasswordReset(id: string, by: Actor): Promise<void> {
    const authorization = await this.authorize(id, 'password', by);
    await this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      await this.resets.demand(change, change.account, await this.addressOf(change.account), 'by-admin', by);
      await this.audit.record({ action: 'password.reset_forced', outcome: 'success', subjectId: id, ...by });
    });
  }

  /**
   * Mails a new confirmation code and link, unless the address is already proven or the account is disabled.
   * @throws UserNotFoundError, NoEmailError
   */
  sendVerification(id: string, by: Actor): Promise<void> {
    return this.database.transaction(async () => {
      const { account } = await this.contacts.lock(id);
      if (account.email === null) throw new NoEmailError();
      await this.verification.send(account, { triedBy: null });
      await this.audit.record({ action: 'email.verification_requested', outcome: 'success', subjectId: id, ...by });
    });
  }

  /**
   * Ends all sessions of an account.
   * @throws UserNotFoundError
   */
  revokeSessions(id: string, by: Actor): Promise<void> {
    return this.database.transaction(async () => {
      await this.contacts.lock(id);
      await this.sessions.endAll(id, 'by-admin', by);
    });
  }

  /** @throws UserNotFoundError, PreconditionFailedError, LastAdminError */
  async delete(id: string, versions: Versions, by: Actor): Promise<void> {
    const authorization = await this.authorize(id, 'deletion', by);
    await this.deletion.delete(authorization, by.caller, ({ version }) => demandVersion(version, versions));
  }

  private authorize<Kind extends 'password' | 'deletion'>(id: string, kind: Kind, by: Actor): Promise<Authorization<Kind>> {
    return this.gate.authorize(by.principal, kind, { accountId: id, as: 'administrator' }, by.caller);
  }

  /** The address that a password reset is mailed to. */
  private async addressOf(account: Account): Promise<string> {
    const address = await this.contacts.resetAddressOf(account);
    if (address === null) throw new NoEmailError();
    return address;
  }
}
