import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { CredentialChange } from './credential-change.service.js';
import { ProofRequiredError } from './errors.js';
import { FirstProof, isFirstProof } from './first-proof.service.js';

/**
 * The takeover of an account by the first proof of its mailbox, where a trusted provider says who reads it instead of a mail of ours. The
 * account may have been made by a stranger, so everything from before ends, as by `TakeoverService`; the password, too, and the account has
 * none from then on.
 */
@Injectable()
export class MailboxTakeover {
  constructor(
    private readonly gate: CredentialChange,
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly firstProof: FirstProof,
    private readonly sessions: SessionsService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * All of it or nothing: the address is proven, and every way in from before is gone.
   * @param then gives the account its new way in, in the same transaction
   * @throws ProofRequiredError when something of the account was proven before, the address is another by now, or the account is disabled;
   *   what `then` throws
   */
  async complete(
    { accountId, address }: { accountId: string; address: string },
    caller: Caller,
    then: (change: ConfirmedChange<'takeover'>) => Promise<void>,
  ): Promise<void> {
    const authorization = await this.gate.authorize(null, 'takeover', { mailboxOf: accountId }, caller);
    await this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      const { account } = change;
      const isOpen = account.disabledAt === null && isFirstProof(account, 'email', address) && account.email === address;
      if (!isOpen || (await this.contacts.isEmailOnlyClaimed(accountId))) throw new ProofRequiredError();
      if (!(await this.users.markEmailVerified(accountId, address, 'by-owner'))) throw new ProofRequiredError();
      await this.audit.record({ action: 'email.verified', outcome: 'success', actorId: accountId, subjectId: accountId, caller });
      await this.firstProof.empty(change, 'email', caller);
      await this.contacts.removePassword(change);
      await this.sessions.endAll(accountId, 'first-proof', { caller });
      await then(change);
    });
  }
}
