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

/** The administrator who does something. */
export interface Actor {
  principal: Principal;
  actorId: string;
  caller: Caller;
}

/** What administrators do to accounts and their sign-ins. Each act is on record under the administrator's name: all of it or nothing. */
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
   * Puts an end to the password, all sessions, codes and links of an account, and mails it a link to choose a new password. There is no
   * way to set a password for somebody else.
   * @throws UserNotFoundError; NoEmailError, since nobody could get in again
   */
  async forcePasswordReset(id: string, by: Actor): Promise<void> {
    const authorization = await this.authorize(id, 'password', by);
    await this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      await this.resets.demand(change, change.account, addressOf(change.account), 'by-admin', by);
      await this.audit.record({ action: 'password.reset_forced', outcome: 'success', subjectId: id, ...by });
    });
  }

  /**
   * Mails a confirmation code and link again, unless the address is proven or the account disabled.
   * @throws UserNotFoundError, NoEmailError
   */
  sendVerification(id: string, by: Actor): Promise<void> {
    return this.database.transaction(async () => {
      const { account } = await this.contacts.lock(id);
      if (account.email === null) throw new NoEmailError();
      await this.verification.send(account);
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
}

/** Where a password reset goes. */
function addressOf({ recoveryEmail, email }: Account): string {
  const address = recoveryEmail ?? email;
  if (address === null) throw new NoEmailError();
  return address;
}
