import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import type { ProvenChallenge } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account, ContactProof } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { CredentialChange } from '../passwords/credential-change.service.js';
import type { Evidence } from '../passwords/evidence.js';
import { ProofRequiredError } from '../passwords/errors.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import type { PasswordPolicyName } from '../passwords/password-policy.service.js';
import { TakeoverService } from '../passwords/takeover.service.js';

/** How a new password is refused. */
export const NEW_PASSWORD_RULES = { field: 'newPassword' } as const;

/** What the proof of an account's address brings along, by what else its reader showed. */
@Injectable()
export class EmailConfirmation {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly gate: CredentialChange,
    private readonly takeover: TakeoverService,
    private readonly newPasswords: NewPasswords,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Verifies the address; everything else stays.
   * @throws InvalidChallengeError; BadCredentialsError, ThrottledError, BusyError when a password is shown
   */
  async confirm(challenge: ProvenChallenge, evidence: Evidence, proof: ContactProof, caller: Caller): Promise<Account> {
    const authorization = await this.gate.authorize(null, 'email', evidence, caller);
    return this.database.transaction(async () => {
      await this.gate.confirm(authorization);
      await this.markProven(challenge, proof, caller);
      return this.users.getById(challenge.userId);
    });
  }

  /**
   * Verifies the address for its reader, who chooses a new password; everything from before ends.
   * @throws ProofRequiredError where something else of the account was proven before; InvalidRequestError, InvalidChallengeError, BusyError
   */
  async takeOver(
    challenge: ProvenChallenge,
    { newPassword, policy }: { newPassword: string; policy: PasswordPolicyName },
    caller: Caller,
  ): Promise<Account> {
    // It is not an account that a stranger made in the reader's name.
    if (await this.contacts.isEmailOnlyClaimed(challenge.userId)) throw new ProofRequiredError();
    const rules = { ...NEW_PASSWORD_RULES, policy };
    const hash = await this.newPasswords.hash(newPassword, await this.users.getById(challenge.userId), rules, caller);
    const claim = async ({ account }: ConfirmedChange<'takeover'>): Promise<void> => {
      if (account.recoveryEmail !== null) throw new ProofRequiredError();
      await this.markProven(challenge, 'by-reader', caller);
    };
    return this.takeover.complete({ challenge, claim, password: { hash, event: 'password.changed' } }, caller);
  }

  /**
   * Verifies the address for a reader who showed nothing else. The first proof of an account ends all that a stranger could have left in
   * it but the password, and the mail about that offers to choose another.
   * @throws InvalidChallengeError, also where the address was added later: its reader would give it to somebody else's account
   */
  async confirmAlone(challenge: ProvenChallenge, caller: Caller): Promise<Account> {
    const { emailVerifiedAt } = await this.users.getById(challenge.userId);
    if (emailVerifiedAt !== null) return this.confirm(challenge, { challenge }, 'by-reader', caller);
    const claim = async (): Promise<void> => {
      if (await this.contacts.isEmailOnlyClaimed(challenge.userId)) throw new InvalidChallengeError();
      await this.markProven(challenge, 'by-reader', caller);
    };
    return this.takeover.complete({ challenge, claim, password: 'kept' }, caller);
  }

  /**
   * Verifies the address for a reader who signs in by that, and has no password from then on; everything from before ends.
   * @throws InvalidChallengeError, also where the address was added later
   */
  takeOverWithoutPassword(challenge: ProvenChallenge, caller: Caller): Promise<Account> {
    const claim = async ({ account }: ConfirmedChange<'takeover'>): Promise<void> => {
      if (account.emailVerifiedAt !== null || (await this.contacts.isEmailOnlyClaimed(account.id))) throw new InvalidChallengeError();
      await this.markProven(challenge, 'by-reader', caller);
    };
    return this.takeover.complete({ challenge, claim, password: 'removed' }, caller);
  }

  private async markProven({ userId, address }: ProvenChallenge, proof: ContactProof, caller: Caller): Promise<void> {
    if (!(await this.users.markEmailVerified(userId, address, proof))) throw new InvalidChallengeError();
    await this.audit.record({ action: 'email.verified', outcome: 'success', actorId: userId, subjectId: userId, caller });
  }
}
