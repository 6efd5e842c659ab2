import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { UsersService } from '../../users/users.service.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { type PasswordPolicyName, type PasswordRules, policyOf } from '../passwords/password-policy.service.js';
import { ResetFactor, type ResetFactorTerms } from './reset-factor.service.js';
import { type ProvenReset, type ResetProof, ResetProofs, isMailed, steadily } from './reset-proofs.service.js';
import { TakeoverService } from '../passwords/takeover.service.js';

/** What the page behind a link shows of its account. */
export interface InspectedReset {
  /** The address, or whatever else the account signs in with. */
  address: string;
  minPasswordLength: number;
  /** Whether it takes the account's second factor, too. */
  needsFactor: boolean;
  /** Whether somebody who has lost that can wait for a reset without it. */
  canWait: boolean;
}

/** Choosing a new password by mail when the old one is forgotten, locked, or somebody else's. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly proofs: ResetProofs,
    private readonly factor: ResetFactor,
    private readonly users: UsersService,
    private readonly challenges: ChallengesService,
    private readonly newPasswords: NewPasswords,
    private readonly takeover: TakeoverService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Whether the proof is right now. Consumes nothing, but a wrong code counts as a try.
   * @returns the token of the link, which is another proof of the same: no number of wrong codes stops it
   * @throws InvalidChallengeError (UnknownIdentifierError for an unknown identifier), ChallengeExpiredError, ThrottledError
   */
  check(proof: ResetProof, caller: Caller): Promise<string> {
    return steadily(proof, async () => {
      const { challenge } = await this.proofs.prove(proof, caller);
      const secrets = await this.challenges.reveal(challenge.id);
      if (secrets === null) throw new InvalidChallengeError();
      return secrets.token;
    });
  }

  /**
   * Whose link it is, for the page that it opens, and what that has to ask for. Consumes nothing: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspectLink(token: string): Promise<InspectedReset> {
    const proven = await this.proofs.open(token);
    const { challenge, account } = proven;
    const minPasswordLength = this.newPasswords.minLength(account, { policy: policyOf(challenge.clientId) });
    const waiver = await this.factor.waiverOf(proven);
    const needsFactor = this.factor.isDemanded(proven) && waiver?.isDue !== true;
    const address = challenge.address || (account.email ?? account.username ?? account.mobile ?? '');
    return { address, minPasswordLength, needsFactor, canWait: needsFactor && waiver === null && this.factor.canWait(proven) };
  }

  /** The policy of the API through which a link was asked for; that of the core for what is no link of this server. */
  async policyOfLink(token: string): Promise<PasswordPolicyName> {
    return policyOf((await this.challenges.originOf(token))?.clientId ?? null);
  }

  /**
   * Sets a new password for whoever reads the account's mail, and so verifies the address, or for whoever reads the text messages to its
   * proven number. Whatever came before ends: the old password and its lock, all sessions, all codes and links; and where this is the
   * first proof of the account, the mobile number, the ways back and the authenticators. An account that requires a second factor needs it
   * here, too, and keeps it. Signs nobody in. A password that the policy refuses uses up neither the link nor the code, nor a try.
   * @throws InvalidRequestError; InvalidChallengeError, also when another request was faster (UnknownIdentifierError for an unknown
   *   identifier); ChallengeExpiredError, ThrottledError, BusyError; SecondFactorMissingError, InvalidFactorError, FactorThrottledError, and
   *   the code or link stays good
   */
  reset(
    proof: ResetProof,
    newPassword: string,
    caller: Caller,
    { policy = 'core', field = 'newPassword', ...terms }: PasswordRules & ResetFactorTerms = {},
  ): Promise<void> {
    return steadily(proof, async () => {
      // Before the proof is looked at, so that it says nothing about it; the owner's names are asked after once it is found right.
      this.newPasswords.check(newPassword, { policy, field });
      const proven = await this.proofs.prove(proof, caller);
      const { challenge, account } = proven;
      const passage = await this.factor.plan(proven, terms);
      const hash = await this.newPasswords.hash(newPassword, account, { policy, field }, caller);
      // Last, so that nothing else can refuse when a code of the factor is used up.
      await this.factor.pass(passage, account, terms, caller);
      const claim = async (change: ConfirmedChange<'takeover'>): Promise<void> => {
        await this.factor.settle(passage, change, proven, caller);
        await this.claim(change, proven, caller);
      };
      await this.takeover.complete({ challenge, claim, password: { hash, event: 'password.reset' }, factor: 'settled' }, caller);
    });
  }

  /** Verifies a mailed address, if it is not the recovery address that was proven. */
  private async claim({ account }: ConfirmedChange<'takeover'>, { challenge }: ProvenReset, caller: Caller): Promise<void> {
    const { id, email, emailVerifiedAt } = account;
    const { address } = challenge;
    if (!(await this.proofs.isStillOf(account, challenge))) throw new InvalidChallengeError();
    if (!isMailed(challenge) || email !== address) return;
    if (!(await this.users.markEmailVerified(id, address, 'by-reader'))) throw new InvalidChallengeError();
    if (emailVerifiedAt !== null) return;
    await this.audit.record({ action: 'email.verified', outcome: 'success', actorId: id, subjectId: id, caller });
  }
}
