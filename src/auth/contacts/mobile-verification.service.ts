import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { CORE_CLIENT_ID, type Principal } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import type { ProvenChallenge } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account, ContactProof } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { CredentialChange } from '../passwords/credential-change.service.js';
import type { Evidence } from '../passwords/evidence.js';
import { MobileReplacement } from './mobile-replacement.service.js';

const PURPOSE = 'confirm-mobile';

/** Proving that an account's mobile number is its owner's, by a code in a text message. */
@Injectable()
export class MobileVerificationService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly mailed: MailedChallenges,
    private readonly gate: CredentialChange,
    private readonly replacement: MobileReplacement,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Proves the number that the code was sent to. Where it is not the account's yet, it is from then on.
   * @throws InvalidChallengeError, ChallengeExpiredError, MobileTakenError, ThrottledError
   */
  confirm(user: Principal, code: string, caller: Caller): Promise<Account> {
    return this.mailed.tryCode(PURPOSE, user.userId, code, caller, (challenge) =>
      this.prove(challenge, { challenge }, proofBy(user), caller),
    );
  }

  /**
   * The same with a code that was found right. An account that has the number and has not proven it loses it.
   * @throws InvalidChallengeError, MobileTakenError; BadCredentialsError, ThrottledError, BusyError when a password is shown
   */
  async prove({ userId, address }: ProvenChallenge, evidence: Evidence, proof: ContactProof, caller: Caller): Promise<Account> {
    const authorization = await this.gate.authorize(null, 'mobile', evidence, caller);
    return this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      const { account } = change;
      const isNew = this.contacts.textsOf(account) !== address;
      await this.record(change, address, proof, caller);
      if (isNew) await this.replacement.settle(account, { action: 'mobile.changed', set: address }, caller);
      return this.users.getById(userId);
    });
  }

  /** Makes the number the account's, proven. Belongs into the transaction that confirmed the change. @throws InvalidChallengeError */
  async record(change: ConfirmedChange<'mobile' | 'takeover'>, number: string, proof: ContactProof, caller: Caller): Promise<void> {
    const { id } = change.account;
    if (!(await this.contacts.proveMobile(change, number, proof))) throw new InvalidChallengeError();
    await this.audit.record({ action: 'mobile.verified', outcome: 'success', actorId: id, subjectId: id, caller });
  }
}

/**
 * What a proof by a session is worth. A contract's session may have changed the address or number without the password: it shows no
 * more than that once again.
 */
export function proofBy({ clientId }: Principal): ContactProof {
  return clientId === CORE_CLIENT_ID ? 'by-owner' : 'by-reader';
}
