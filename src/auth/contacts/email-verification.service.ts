import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { CredentialChange, type Evidence } from '../passwords/credential-change.service.js';
import { ProofRequiredError } from '../passwords/errors.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { TakeoverService } from '../passwords/takeover.service.js';

const PURPOSE = 'confirm-email';

/** How the reader of a link shows that the account is theirs and not a stranger's who typed their address. */
export interface Ownership {
  /** The password of the account. */
  password?: string | undefined;
  /**
   * A new one: ends everything from before, that is the old password, every session, open codes and links, and a mobile number that
   * nobody has proven. Not where another address of the account was proven before.
   */
  newPassword?: string | undefined;
  /** The account of a live session. */
  userId?: string | undefined;
}

/** Proving that an account's e-mail address is read by its owner. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly users: UsersService,
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
    private readonly gate: CredentialChange,
    private readonly takeover: TakeoverService,
    private readonly newPasswords: NewPasswords,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Confirms by the code, which is typed where the account was made: nothing more is asked.
   * @param of the account, by its address or by whatever it signs in with
   * @throws InvalidChallengeError (also for an unknown address or identifier), ChallengeExpiredError, ThrottledError
   */
  async confirmByCode(of: { email: string } | { identifier: string }, code: string, caller: Caller): Promise<Account> {
    await this.mailed.admitAttempt(caller);
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      const account = 'email' in of ? await this.users.findByEmail(of.email) : await this.users.findByIdentifier(of.identifier);
      const challenge = await this.mailed.onRecord(PURPOSE, { caller, subjectId: account?.id ?? null }, async () => {
        if (account === null) throw new InvalidChallengeError();
        return this.challenges.checkCode(PURPOSE, account.id, code);
      });
      return this.confirm(challenge, { challenge }, caller);
    });
  }

  /**
   * Confirms by the link. Its reader may be somebody whose address a stranger registered, so it takes the account's password,
   * a session of it, or a new password that puts an end to everything from before.
   * @throws InvalidChallengeError, ChallengeExpiredError, ProofRequiredError, BadCredentialsError, InvalidRequestError, ThrottledError
   */
  async confirmByLink(token: string, ownership: Ownership, caller: Caller): Promise<Account> {
    const challenge = await this.mailed.tryLink(PURPOSE, token, caller, async (proven) => proven);
    const { newPassword, password, userId } = ownership;
    if (newPassword !== undefined) return this.takeOver(challenge, newPassword, caller);
    if (password === undefined && userId !== challenge.userId) throw new ProofRequiredError();
    return this.confirm(challenge, password === undefined ? { challenge } : { password, challenge }, caller);
  }

  /**
   * What a link is about, for the page that it opens, and whether a new password would do. Consumes nothing: mail scanners open
   * links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError, UserNotFoundError
   */
  async inspectLink(token: string): Promise<{ address: string; canTakeOver: boolean }> {
    const { address, userId } = await this.challenges.checkLink(PURPOSE, token);
    return { address, canTakeOver: (await this.users.getById(userId)).recoveryEmail === null };
  }

  private async takeOver(challenge: ProvenChallenge, newPassword: string, caller: Caller): Promise<Account> {
    const owner = await this.users.getById(challenge.userId);
    // Somebody proved another address of the account before: it is not one that a stranger made in the reader's name.
    if (owner.recoveryEmail !== null) throw new ProofRequiredError();
    const passwordHash = await this.newPasswords.hash(newPassword, owner, { field: 'newPassword' });
    const claim = (): Promise<void> => this.markProven(challenge, caller);
    return this.takeover.complete({ challenge, claim, passwordHash, event: 'password.changed', mayBeFirstProof: true }, caller);
  }

  private async confirm(challenge: ProvenChallenge, evidence: Evidence, caller: Caller): Promise<Account> {
    const authorization = await this.gate.authorize(null, 'email', evidence, caller);
    return this.database.transaction(async () => {
      await this.gate.confirm(authorization);
      await this.markProven(challenge, caller);
      return this.users.getById(challenge.userId);
    });
  }

  private async markProven({ userId, address }: ProvenChallenge, caller: Caller): Promise<void> {
    if (!(await this.users.markEmailVerified(userId, address))) throw new InvalidChallengeError();
    await this.audit.record({ action: 'email.verified', outcome: 'success', actorId: userId, subjectId: userId, caller });
  }
}
