import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import type { ProvenChallenge } from '../../tokens/challenges/challenges.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { CredentialChange } from './credential-change.service.js';
import { ForcedResetService } from './forced-reset.service.js';
import { PasswordCheck } from './password-check.service.js';
import { PasswordReplacement } from './password-replacement.service.js';

/** Where one takeover differs from another. */
export interface TakeoverTerms {
  /** The code or link that was found right. */
  challenge: ProvenChallenge;
  /**
   * Makes the address of the challenge the account's, proven, and puts that on record; refuses by throwing. The account's row is locked
   * and the challenge used up.
   */
  claim: (change: ConfirmedChange<'takeover'>) => Promise<void>;
  /** Hash of the new password. Null locks the old one and mails a reset to the address. */
  passwordHash: string | null;
  /** What is put on record for a new password. */
  event: 'password.changed' | 'password.reset';
  /** Whether the address may have been proven for the first time, by which a mobile number that nobody has proven goes. */
  mayBeFirstProof: boolean;
}

/**
 * The one routine by which the owner of a mailbox takes an account over: whatever let somebody else in before ends with it, and what a
 * later capability adds to the ways in ends here, too. Ways back to earlier addresses stay.
 */
@Injectable()
export class TakeoverService {
  constructor(
    private readonly gate: CredentialChange,
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly replacement: PasswordReplacement,
    private readonly passwords: PasswordCheck,
    private readonly forced: ForcedResetService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * All of it or nothing: the challenge is used up, the address claimed, an unproven number gone, the password new or locked, every
   * session ended, every open code and link dead, and the owner told. Signs nobody in.
   * @returns the account as it is then
   * @throws InvalidChallengeError, also when another request was faster; what `claim` throws
   */
  async complete({ challenge, claim, passwordHash, event, mayBeFirstProof }: TakeoverTerms, caller: Caller): Promise<Account> {
    const authorization = await this.gate.authorize(null, 'takeover', { challenge }, caller);
    const { id } = authorization.account;
    const act = { outcome: 'success', actorId: id, subjectId: id, caller } as const;
    const account = await this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      await claim(change);
      if (mayBeFirstProof && (await this.contacts.removeMobileFromBeforeProof(change)))
        await this.audit.record({ action: 'mobile.removed', ...act });
      // Read again: mails go to the address that was claimed.
      const claimed = await this.users.getById(id);
      if (passwordHash === null) {
        await this.forced.demand(change, claimed, challenge.address, 'email-change-undone', { caller });
        return claimed;
      }
      await this.audit.record({ action: event, ...act });
      await this.replacement.replace(change, claimed, passwordHash, caller);
      return this.users.getById(id);
    });
    if (passwordHash !== null) await this.passwords.forgive(id, caller);
    return account;
  }
}
