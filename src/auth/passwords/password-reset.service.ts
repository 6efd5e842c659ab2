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
import { type PasswordPolicyName, type PasswordRules, policyOf } from './password-policy.service.js';
import { ResetChannels } from './reset-channels.service.js';
import { TakeoverService } from './takeover.service.js';

const PURPOSE = 'reset-password';
/** Purpose of a code that was texted instead. */
const TEXT_PURPOSE = 'reset-password-by-text';

/**
 * How somebody shows that they read the account's mail or text messages: by the link, by the code of the account that an identifier names, or by
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
    private readonly channels: ResetChannels,
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
   * Whose link it is, for the page that it opens: the address, or whatever else its account signs in with; and how long the new password has
   * to be. Consumes nothing: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspectLink(token: string): Promise<{ address: string; minPasswordLength: number }> {
    const { challenge, account } = await this.ownerOf(await this.challenges.checkLink(PURPOSE, token));
    const minPasswordLength = this.newPasswords.minLength(account, { policy: policyOf(challenge.clientId) });
    return { address: challenge.address || (account.email ?? account.username ?? account.mobile ?? ''), minPasswordLength };
  }

  /** The policy of the API through which a link was asked for; that of the core for what is no link of this server. */
  async policyOfLink(token: string): Promise<PasswordPolicyName> {
    return policyOf((await this.challenges.originOf(token))?.clientId ?? null);
  }

  /**
   * Sets a new password for whoever reads the account's mail, and so verifies the address, or for whoever reads the text messages to its
   * proven number. Whatever came before ends: the old password and its lock, all sessions, all codes and links; and where this is the
   * first proof of the account, the mobile number and the ways back. Signs nobody in. A password that the policy refuses uses up neither
   * the link nor the code, nor a try.
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
      const hash = await this.newPasswords.hash(newPassword, account, { policy, field }, caller);
      const claim = (change: ConfirmedChange<'takeover'>): Promise<void> => this.claim(change, challenge, caller);
      await this.takeover.complete({ challenge, claim, password: { hash, event: 'password.reset' } }, caller);
    });
  }

  /** Verifies a mailed address, if it is not the recovery address that was proven. */
  private async claim({ account }: ConfirmedChange<'takeover'>, challenge: ProvenChallenge, caller: Caller): Promise<void> {
    const { id, email, emailVerifiedAt } = account;
    const { address } = challenge;
    if (!(await this.isStillOf(account, challenge))) throw new InvalidChallengeError();
    if (!isMailed(challenge) || email !== address) return;
    if (!(await this.users.markEmailVerified(id, address, 'by-reader'))) throw new InvalidChallengeError();
    if (emailVerifiedAt !== null) return;
    await this.audit.record({ action: 'email.verified', outcome: 'success', actorId: id, subjectId: id, caller });
  }

  private async prove(proof: ResetProof, caller: Caller): Promise<ProvenReset> {
    await this.mailed.admitAttempt(caller);
    const named = 'identifier' in proof && proof.identifier !== undefined ? await this.findId(proof.identifier) : undefined;
    return this.mailed.onRecord(PURPOSE, { caller, subjectId: named ?? null }, async () => {
      if (named === null) throw new UnknownIdentifierError();
      const challenge = await this.challengeOf(proof, named, caller);
      if (named !== undefined && named !== challenge.userId) throw new InvalidChallengeError();
      return this.ownerOf(challenge);
    });
  }

  private async challengeOf(proof: ResetProof, named: string | undefined, caller: Caller): Promise<ProvenChallenge> {
    if ('token' in proof) return this.challenges.checkLink(PURPOSE, proof.token);
    if ('identifier' in proof) {
      if (named === undefined) throw new UnknownIdentifierError();
      return this.mailed.checkCode(await this.purposeFor(proof.identifier, named), named, proof.code, caller);
    }
    const owner = await this.challenges.ownerOf(PURPOSE, proof.challengeId);
    const challenge = await this.mailed.checkCode(PURPOSE, owner, proof.code, caller);
    // A newer mail came between the two statements: its code goes with its own challenge.
    if (challenge.id !== proof.challengeId) throw new InvalidChallengeError();
    return challenge;
  }

  /** Which code is meant: for a number the texted one, for anything else the mailed one, if there is one that works. */
  private async purposeFor(identifier: string, userId: string): Promise<typeof PURPOSE | typeof TEXT_PURPOSE> {
    const [first, second] = this.contacts.isMobile(identifier) ? ([TEXT_PURPOSE, PURPOSE] as const) : ([PURPOSE, TEXT_PURPOSE] as const);
    if ((await this.challenges.findLive(userId, first)) !== null) return first;
    return (await this.challenges.findLive(userId, second)) === null ? first : second;
  }

  private async findId(identifier: string): Promise<string | null> {
    return (await this.contacts.findByIdentifierOrRecovery(identifier))?.id ?? null;
  }

  /** The account of a proven challenge, if the address that was proven is still its own. */
  private async ownerOf(challenge: ProvenChallenge): Promise<ProvenReset> {
    const account = await this.users.findById(challenge.userId);
    if (account === null || account.disabledAt !== null) throw new InvalidChallengeError();
    if (!(await this.isStillOf(account, challenge))) throw new InvalidChallengeError();
    return { challenge, account };
  }

  /** Whether the account still has what the challenge proves. */
  private async isStillOf(account: Account, challenge: ProvenChallenge): Promise<boolean> {
    const { address, purpose } = challenge;
    if (purpose === TEXT_PURPOSE) return (await this.channels.numberOf(account)) === address;
    return !isMailed(challenge) || (await this.contacts.resetAddressOf(account)) === address;
  }
}

/** Whether a mail carried code or link: a text message and a link that an operator handed over prove no address. */
function isMailed({ address, purpose }: ProvenChallenge): boolean {
  return purpose === PURPOSE && address !== '';
}

/** A link is a secret of its own and names nobody: only the other proofs could be used to ask who has an account. */
function steadily<T>(proof: ResetProof, work: () => Promise<T>): Promise<T> {
  return 'token' in proof && proof.identifier === undefined ? work() : atSteadyTime(ANSWER_STEP_MS, work);
}
