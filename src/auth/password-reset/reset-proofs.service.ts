import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { UnknownIdentifierError } from '../challenges/errors.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { ResetChannels } from '../passwords/reset-channels.service.js';

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

/** A code or link that was found right. It is still to be used up. */
export interface ProvenReset {
  challenge: ProvenChallenge;
  account: Account;
}

/** Codes and links that allow a new password: whether they are right, and whose they are. */
@Injectable()
export class ResetProofs {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly channels: ResetChannels,
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
  ) {}

  /**
   * Checks the proof, and uses nothing up but a try.
   * @throws InvalidChallengeError (UnknownIdentifierError for an unknown identifier), ChallengeExpiredError, ThrottledError
   */
  async prove(proof: ResetProof, caller: Caller): Promise<ProvenReset> {
    await this.mailed.admitAttempt(caller);
    const named = 'identifier' in proof && proof.identifier !== undefined ? await this.findId(proof.identifier) : undefined;
    return this.mailed.onRecord(PURPOSE, { caller, subjectId: named ?? null }, async () => {
      if (named === null) throw new UnknownIdentifierError();
      const challenge = await this.challengeOf(proof, named, caller);
      if (named !== undefined && named !== challenge.userId) throw new InvalidChallengeError();
      return this.ownerOf(challenge);
    });
  }

  /**
   * The link and its account, for a page. Uses nothing up: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async open(token: string): Promise<ProvenReset> {
    return this.ownerOf(await this.challenges.checkLink(PURPOSE, token));
  }

  /** Whether the account still has what the challenge proves. */
  async isStillOf(account: Account, challenge: ProvenChallenge): Promise<boolean> {
    const { address, purpose } = challenge;
    if (purpose === TEXT_PURPOSE) return (await this.channels.numberOf(account)) === address;
    return !isMailed(challenge) || (await this.contacts.resetAddressOf(account)) === address;
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
}

/** Whether a mail carried code or link: a text message and a link that an operator handed over prove no address. */
export function isMailed({ address, purpose }: ProvenChallenge): boolean {
  return purpose === PURPOSE && address !== '';
}

/** A link is a secret of its own and names nobody: only the other proofs could be used to ask who has an account. */
export function steadily<T>(proof: ResetProof, work: () => Promise<T>): Promise<T> {
  return 'token' in proof && proof.identifier === undefined ? work() : atSteadyTime(ANSWER_STEP_MS, work);
}
