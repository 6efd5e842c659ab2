import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { newId } from '../../common/ids.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { ChallengeExpiredError, InvalidChallengeError } from '../../tokens/challenges/errors.js';
import { InvalidTokenError } from '../../tokens/access-tokens/errors.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { UnknownIdentifierError } from '../challenges/errors.js';
import { PASSWORD_RESET_TTL_SECONDS } from './forced-reset.service.js';
import { isAccountGone } from '../../users/account-gone.js';
import { MailBudget } from '../challenges/mail-budget.service.js';
import type { NewPasswordRules } from './password-change.service.js';
import { PasswordResetGrants } from './password-reset-grants.js';
import { PasswordHasher } from './password-hasher.service.js';
import { PasswordPolicy } from './password-policy.service.js';
import { TakeoverService } from './takeover.service.js';

const PURPOSE = 'reset-password';

/** What came of asking for a reset. */
export interface ResetRequest {
  /** Whether there is an account that gets a mail. Not to be told to the caller, unless a wire format insists. */
  found: boolean;
  /** Names the mail for a later step, see `PasswordResetGrants`; there is one even if nothing was found. */
  grant: string;
}

/**
 * How somebody shows that they read the account's mail: by the link, by the code of the account that an identifier names, or by
 * the code of the mail that a grant names. With an `identifier` beside it, a link has to be of that account.
 */
export type ResetProof = { token: string; identifier?: string } | { identifier: string; code: string } | { grant: string; code: string };

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
    private readonly grants: PasswordResetGrants,
    private readonly outbox: OutboxService,
    private readonly budget: MailBudget,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly takeover: TakeoverService,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Mails a link and a six-digit code to the account's stored address, verified or not, or to its recovery address as long as there
   * is one; earlier ones die. No mail goes out for a disabled account or one without an address. Takes equally long in all cases.
   * @param returnTo where the page behind the link leads back to, checked by `ReturnUrls`
   * @throws ThrottledError
   */
  request(
    identifier: string,
    caller: Caller,
    { ttlSeconds = PASSWORD_RESET_TTL_SECONDS, returnTo = null }: { ttlSeconds?: number; returnTo?: string | null } = {},
  ): Promise<ResetRequest> {
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      await this.throttle.take({ limit: 'mail-request', of: networkOf(caller.ip) }, caller);
      const account = await this.find(identifier);
      const address = account === null || account.disabledAt !== null ? null : (account.recoveryEmail ?? account.email);
      const open = account === null ? null : await this.challenges.findLive(account.id, PURPOSE);
      // Whoever uses up the share of an address must not keep its owner from a reset: there is always a mail that works.
      const send = address !== null && (await this.budget.spend(address, { needed: open === null }));
      const found = address !== null;
      try {
        const challengeId = await this.database.transaction(async () => {
          await this.audit.record({
            action: 'password.reset_requested',
            outcome: found ? 'success' : 'failure',
            subjectId: account?.id ?? null,
            caller,
          });
          return account !== null && send ? this.send(account, address, ttlSeconds, returnTo) : open;
        });
        return { found, grant: this.grants.write(challengeId ?? newId()) };
      } catch (error) {
        if (!isAccountGone(error)) throw error;
        return { found: false, grant: this.grants.write(newId()) };
      }
    });
  }

  /**
   * Whether a reset with this proof would work now. Consumes nothing, but a wrong code counts as a try.
   * @returns the token of the link, which is another proof of the same: no number of wrong codes stops it
   * @throws InvalidChallengeError (UnknownIdentifierError for an unknown identifier), ChallengeExpiredError; InvalidTokenError when
   *   `grant` is none; ThrottledError
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
   *   identifier); ChallengeExpiredError; InvalidTokenError when `grant` is none; ThrottledError, BusyError
   */
  reset(
    proof: ResetProof,
    newPassword: string,
    caller: Caller,
    { policy = 'core', field = 'newPassword' }: NewPasswordRules = {},
  ): Promise<void> {
    return steadily(proof, async () => {
      // Before the proof is looked at, so that it says nothing about it; the owner's names are asked after once it is found right.
      this.policy.check(newPassword, {}, { policy, field });
      const { challenge, account } = await this.prove(proof, caller);
      this.policy.check(newPassword, account, { policy, field });
      const passwordHash = await this.hasher.hash(newPassword); // slow by design: outside the transaction
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

  private async send(
    { id: userId, locale, firstName }: Account,
    address: string,
    ttlSeconds: number,
    returnTo: string | null,
  ): Promise<string> {
    const { id: challengeId, expiresAt } = await this.challenges.issue({ userId, purpose: PURPOSE, address, ttlSeconds, returnTo });
    await this.outbox.enqueue({ kind: PURPOSE, recipient: address, userId, locale, params: { firstName }, challengeId, expiresAt });
    return challengeId;
  }

  private async prove(proof: ResetProof, caller: Caller): Promise<ProvenReset> {
    await this.throttle.take({ limit: 'code-network', of: networkOf(caller.ip) }, caller);
    const named = 'identifier' in proof && proof.identifier !== undefined ? await this.findId(proof.identifier) : undefined;
    try {
      if (named === null) throw new UnknownIdentifierError();
      const challenge = await this.challengeOf(proof, named);
      if (named !== undefined && named !== challenge.userId) throw new InvalidChallengeError();
      return await this.ownerOf(challenge);
    } catch (error) {
      if (error instanceof InvalidChallengeError || error instanceof ChallengeExpiredError) {
        await this.audit.record({
          action: 'password.reset',
          outcome: 'failure',
          subjectId: named ?? null,
          caller,
          details: { reason: error.code },
        });
      }
      throw error;
    }
  }

  private async challengeOf(proof: ResetProof, named: string | undefined): Promise<ProvenChallenge> {
    if ('token' in proof) return this.challenges.checkLink(PURPOSE, proof.token);
    if ('identifier' in proof) {
      if (named === undefined) throw new UnknownIdentifierError();
      return this.challenges.checkCode(PURPOSE, named, proof.code);
    }
    const id = this.grants.read(proof.grant);
    if (id === null) throw new InvalidTokenError();
    const challenge = await this.challenges.checkCode(PURPOSE, await this.challenges.ownerOf(PURPOSE, id), proof.code);
    // A newer mail came between the two statements: its code goes with its own grant.
    if (challenge.id !== id) throw new InvalidChallengeError();
    return challenge;
  }

  /** The account of a proven challenge, if the address that was proven is still its own. */
  private async ownerOf(challenge: ProvenChallenge): Promise<ProvenReset> {
    const account = await this.users.findById(challenge.userId);
    if (account === null || account.disabledAt !== null) throw new InvalidChallengeError();
    if (account.email !== challenge.address && account.recoveryEmail !== challenge.address) throw new InvalidChallengeError();
    return { challenge, account };
  }

  private async findId(identifier: string): Promise<string | null> {
    return (await this.find(identifier))?.id ?? null;
  }

  private async find(identifier: string): Promise<Account | null> {
    return (await this.users.findCredentials(identifier))?.account ?? this.contacts.findByRecoveryEmail(identifier);
  }
}

/** A link is a secret of its own and names nobody: only the other proofs could be used to ask who has an account. */
function steadily<T>(proof: ResetProof, work: () => Promise<T>): Promise<T> {
  return 'token' in proof && proof.identifier === undefined ? work() : atSteadyTime(ANSWER_STEP_MS, work);
}
