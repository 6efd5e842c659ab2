import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { DatabaseService } from '../../database/database.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UserNotFoundError } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import type { ShownFactor } from '../authenticators/second-factor-check.service.js';
import { CredentialChange } from '../passwords/credential-change.service.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';

const PURPOSE = 'delete-account';

/**
 * Deleting an account without its password, by a link to its proven address: for people who have none at hand, as after a move from
 * another system. It asks no less than a reset of the password would: the mailbox, and the second factor of an account that requires one.
 */
@Injectable()
export class AccountDeletionLinkService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
    private readonly gate: CredentialChange,
    private readonly deletion: AccountDeletionService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Mails a link to the account's proven address; an earlier one dies. No mail goes out where no address is proven. Whoever has got
   * hold of a session learns nothing from the answer, which is the same and takes equally long in all cases.
   * @param returnTo where the page behind the link leads back to, checked by `ReturnUrls`
   * @throws UserNotFoundError, ThrottledError
   */
  request(userId: string, caller: Caller, returnTo: string | null = null): Promise<void> {
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      await this.mailed.admitRequest(caller);
      const address = await this.provenAddressOf(await this.users.getById(userId));
      const { due } = await this.mailed.plan(PURPOSE, userId, address, { isProven: true, caller });
      await this.database.transaction(async () => {
        // Locked: the address may change at the same time, and then the link would be for the former one.
        const { account } = await this.contacts.lock(userId);
        if (due && address !== null && (await this.provenAddressOf(account)) === address)
          await this.mailed.send(PURPOSE, account, address, { returnTo, askedBy: caller, triedBy: caller });
        await this.audit.record({ action: 'account.deletion_requested', outcome: 'success', actorId: userId, subjectId: userId, caller });
      });
    });
  }

  /**
   * Which account a link would delete, for the page that it opens. Consumes nothing: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspectLink(token: string): Promise<{ address: string; username: string | null; needsFactor: boolean }> {
    const challenge = await this.challenges.checkLink(PURPOSE, token);
    const account = await this.users.findById(challenge.userId);
    if (account === null || (await this.provenAddressOf(account)) !== challenge.address) throw new InvalidChallengeError();
    const needsFactor = this.gate.needsFactor('deletion', account);
    return { address: challenge.address, username: account.username, needsFactor };
  }

  /**
   * Deletes the account of the link. Of parallel calls one does it. An account that requires a second factor needs it, too.
   * @returns the address that the account had
   * @throws InvalidChallengeError, ChallengeExpiredError; LastAdminError, SecondFactorMissingError, InvalidFactorError and
   *   FactorThrottledError, and the link stays good; ThrottledError
   */
  redeem(token: string, factor: ShownFactor, caller: Caller): Promise<string> {
    return this.mailed.tryLink(PURPOSE, token, caller, async (challenge) => {
      await this.delete(challenge, factor, caller);
      return challenge.address;
    });
  }

  private async delete(challenge: ProvenChallenge, factor: ShownFactor, caller: Caller): Promise<void> {
    try {
      const authorization = await this.gate.authorize(null, 'deletion', { challenge, factor }, caller);
      await this.deletion.delete(authorization, caller, async (account) => {
        if ((await this.provenAddressOf(account)) !== challenge.address) throw new InvalidChallengeError();
      });
    } catch (error) {
      // Another request with this link was faster.
      throw error instanceof UserNotFoundError ? new InvalidChallengeError() : error;
    }
  }

  /** Where the link goes: to the address that the owner has proven; null for nowhere. */
  private async provenAddressOf(account: Account): Promise<string | null> {
    const { emailVerifiedAt, recoveryEmail, disabledAt } = account;
    if (disabledAt !== null || (emailVerifiedAt === null && recoveryEmail === null)) return null;
    return this.contacts.resetAddressOf(account);
  }
}
