import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { UnknownIdentifierError } from '../challenges/errors.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import type { PasswordRules } from './password-policy.service.js';
import { PasswordReplacement } from './password-replacement.service.js';

const PURPOSE = 'reset-password';

/**
 * How somebody shows that they read the account's mail: by the link, by the code of the account that an identifier names, or by
 * the code of the mail that a challenge's id names. With an `identifier` beside it, a link has to be of that account.
 */
export type ResetProof =
  | { token: string; identifier?: string }
  | { identifier: string; code: string }
  | { challengeId: string; code: string };

interface ProvenReset {
  challenge: ProvenChallenge;
  account: Account;
}

/** Choosing a new password by mail when the old one is forgotten, locked, or somebody else's. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
    private readonly replacement: PasswordReplacement,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Whether a reset with this proof would work now. Consumes nothing, but a wrong code counts as a try.
   * @returns the token of the link, which is another proof of the same: no number of wrong codes stops it
   * @throws InvalidChallengeError (UnknownIdentifierError for an unknown identifier), ChallengeExpiredError, ThrottledError
   */
  check(proof: ResetProof, caller: Caller): Promise<string> {
    return steadily(proof, async () => {
      const { challenge } = await this.prove(proof, caller);
      const secrets = await this.challenges.reveal(challenge.id);
      if (secrets === null) throw new InvalidChallengeError();
      return secrets.token;
    });
  }

  /**
   * Whose link it is, for the page that it opens. Consumes nothing: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspectLink(token: string): Promise<{ address: string }> {
    const { challenge } = await this.ownerOf(await this.challenges.checkLink(PURPOSE, token));
    return { address: challenge.address };
  }

  /**
   * Sets a new password for whoever reads the account's mail, and so verifies the address. Whatever came before ends: the old
   * password and its lock, all sessions, all codes and links; and where this is the first proof of the address, a mobile number that
   * nobody has proven. Signs nobody in. A password that the policy refuses uses up neither the link nor the code, nor a try.
   * @throws InvalidRequestError; InvalidChallengeError, also when another request was faster (UnknownIdentifierError for an unknown
   *   identifier); ChallengeExpiredError, ThrottledError, BusyError
   */
  reset(
    proof: ResetProof,
    newPassword: string,
    caller: Caller,
    { policy = 'core', field = 'newPassword' }: PasswordRules = {},
  ): Promise<void> {
    return steadily(proof, async () => {
      // Before the proof is looked at, so that it says nothing about it; the owner's names are asked after once it is found right.
      this.replacement.check(newPassword, { policy, field });
      const proven = await this.prove(proof, caller);
      const passwordHash = await this.replacement.hash(newPassword, proven.account, { policy, field });
      await this.database.transaction(() => this.complete(proven, passwordHash, caller));
      await this.replacement.forgive(proven.account.id, caller);
    });
  }

  private async complete({ challenge, account }: ProvenReset, passwordHash: string, caller: Caller): Promise<void> {
    // The account's row before the challenge's, as when a password is changed: in another order the two could block each other.
    if (!(await this.lockOwner(account, challenge.address))) throw new InvalidChallengeError();
    await this.challenges.consume(challenge);
    const act = { outcome: 'success', actorId: account.id, subjectId: account.id, caller } as const;
    if (account.email === challenge.address && account.emailVerifiedAt === null)
      await this.audit.record({ action: 'email.verified', ...act });
    if (await this.contacts.removeMobileFromBeforeProof(account.id)) await this.audit.record({ action: 'mobile.removed', ...act });
    await this.audit.record({ action: 'password.reset', ...act });
    // Read again, for the address is verified now.
    if (!(await this.replacement.replace(await this.users.getById(account.id), passwordHash, caller))) throw new InvalidChallengeError();
  }

  private async prove(proof: ResetProof, caller: Caller): Promise<ProvenReset> {
    await this.mailed.admitAttempt(caller);
    const named = 'identifier' in proof && proof.identifier !== undefined ? await this.findId(proof.identifier) : undefined;
    return this.mailed.onRecord(PURPOSE, { caller, subjectId: named ?? null }, async () => {
      if (named === null) throw new UnknownIdentifierError();
      const challenge = await this.challengeOf(proof, named);
      if (named !== undefined && named !== challenge.userId) throw new InvalidChallengeError();
      return this.ownerOf(challenge);
    });
  }

  private async challengeOf(proof: ResetProof, named: string | undefined): Promise<ProvenChallenge> {
    if ('token' in proof) return this.challenges.checkLink(PURPOSE, proof.token);
    if ('identifier' in proof) {
      if (named === undefined) throw new UnknownIdentifierError();
      return this.challenges.checkCode(PURPOSE, named, proof.code);
    }
    const owner = await this.challenges.ownerOf(PURPOSE, proof.challengeId);
    const challenge = await this.challenges.checkCode(PURPOSE, owner, proof.code);
    // A newer mail came between the two statements: its code goes with its own challenge.
    if (challenge.id !== proof.challengeId) throw new InvalidChallengeError();
    return challenge;
  }

  private async findId(identifier: string): Promise<string | null> {
    return (await this.contacts.findByIdentifierOrRecoveryEmail(identifier))?.id ?? null;
  }

  /** The account of a proven challenge, if the address that was proven is still its own. */
  private async ownerOf(challenge: ProvenChallenge): Promise<ProvenReset> {
    const account = await this.users.findById(challenge.userId);
    if (account === null || account.disabledAt !== null) throw new InvalidChallengeError();
    if (account.email !== challenge.address && account.recoveryEmail !== challenge.address) throw new InvalidChallengeError();
    return { challenge, account };
  }

  /** Locks the account, and verifies the address if it is not the recovery address that was proven; false when it is neither. */
  private async lockOwner({ id, email }: Account, address: string): Promise<boolean> {
    if (email === address) return this.users.markEmailVerified(id, address);
    const { account } = await this.contacts.lock(id);
    return account.disabledAt === null && account.recoveryEmail === address;
  }
}

/** A link is a secret of its own and names nobody: only the other proofs could be used to ask who has an account. */
function steadily<T>(proof: ResetProof, work: () => Promise<T>): Promise<T> {
  return 'token' in proof && proof.identifier === undefined ? work() : atSteadyTime(ANSWER_STEP_MS, work);
}
