import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { UnknownIdentifierError } from '../challenges/errors.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { NewPasswords } from './new-passwords.service.js';
import type { PasswordRules } from './password-policy.service.js';
import { TakeoverService } from './takeover.service.js';

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
    private readonly newPasswords: NewPasswords,
    private readonly takeover: TakeoverService,
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
      this.newPasswords.check(newPassword, { policy, field });
      const { challenge, account } = await this.prove(proof, caller);
      const passwordHash = await this.newPasswords.hash(newPassword, account, { policy, field });
      const claim = (change: ConfirmedChange<'takeover'>): Promise<void> => this.claim(change, challenge.address, caller);
      await this.takeover.complete({ challenge, claim, passwordHash, event: 'password.reset', mayBeFirstProof: true }, caller);
    });
  }

  /** Verifies the address, if it is not the recovery address that was proven. */
  private async claim({ account }: ConfirmedChange<'takeover'>, address: string, caller: Caller): Promise<void> {
    const { id, email, emailVerifiedAt, recoveryEmail } = account;
    if (email !== address) {
      if (recoveryEmail !== address) throw new InvalidChallengeError();
      return;
    }
    if (!(await this.users.markEmailVerified(id, address))) throw new InvalidChallengeError();
    if (emailVerifiedAt !== null) return;
    await this.audit.record({ action: 'email.verified', outcome: 'success', actorId: id, subjectId: id, caller });
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
}

/** A link is a secret of its own and names nobody: only the other proofs could be used to ask who has an account. */
function steadily<T>(proof: ResetProof, work: () => Promise<T>): Promise<T> {
  return 'token' in proof && proof.identifier === undefined ? work() : atSteadyTime(ANSWER_STEP_MS, work);
}
