import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { EmailTakenError } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { ProofRequiredError } from '../passwords/errors.js';
import { AccountExistsError, InvitedAccountDisabledError, OtherAddressError } from './errors.js';
import type { Invitation } from './invitation.entity.js';
import { InvitationSettlement } from './invitation-settlement.service.js';
import { Invitations } from './invitations.service.js';
import { InvitedPasswords } from './invited-passwords.service.js';
import { InvitedSignUps } from './invited-sign-ups.service.js';
import { InvitedTakeovers } from './invited-takeovers.service.js';

const PURPOSE = 'invitation';

/** Accepting an invitation. It is good for the account of the invited address alone, whoever holds the link. */
@Injectable()
export class InvitationAcceptance {
  constructor(
    private readonly invitations: Invitations,
    private readonly settlement: InvitationSettlement,
    private readonly signUps: InvitedSignUps,
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly takeovers: InvitedTakeovers,
    private readonly passwords: InvitedPasswords,
    private readonly mailed: MailedChallenges,
  ) {}

  /**
   * Whom an invitation is for, for the page that its link opens. Uses nothing up: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspect(token: string): Promise<{ address: string; hasAccount: boolean }> {
    const { email } = await this.invitations.check(token);
    const account = await this.accountOf(email);
    return { address: email, hasAccount: account !== null && isProven(account) };
  }

  /**
   * Accepts for a session: that of the account whose proven address was invited.
   * @throws OtherAddressError; InvalidChallengeError, ChallengeExpiredError, ThrottledError
   */
  acceptAs(userId: string, token: string, caller: Caller): Promise<Account> {
    return this.attempt(token, caller, async (invitation) => {
      const account = await this.users.getById(userId);
      const isOwners = isProven(account) && this.contacts.hasEmail(account, { stored: invitation.email, key: invitation.emailKey });
      if (!isOwners) throw new OtherAddressError();
      await this.settlement.settle(invitation, account, caller);
      return this.users.getById(userId);
    });
  }

  /**
   * Accepts for the reader of the invited address, who shows it by the link. Whoever has no account gets one. One that a stranger may have
   * registered, and nobody has proven, is taken over: all ways in from before end. One that is proven keeps its ways in.
   * @param password for an account that has none yet; undefined: it signs in without one, where that is possible
   * @throws InvalidRequestError, AccountExistsError, InvitedAccountDisabledError; InvalidChallengeError, ChallengeExpiredError, ThrottledError, BusyError
   */
  async acceptByLink(token: string, password: string | undefined, caller: Caller): Promise<{ account: Account; hadAccount: boolean }> {
    this.passwords.check(password);
    return this.attempt(token, caller, async (invitation) => {
      const account = await this.accountOf(invitation.email);
      if (account !== null && account.disabledAt !== null) throw new InvitedAccountDisabledError();
      if (account !== null && isProven(account)) {
        if (password !== undefined) throw new AccountExistsError();
        await this.settlement.settle(invitation, account, caller);
        return { account: await this.users.getById(account.id), hadAccount: true };
      }
      const hash = await this.passwords.hash(password, account, invitation, caller);
      try {
        const made =
          account === null
            ? await this.signUps.make(invitation, hash, caller)
            : await this.takeovers.complete(account, invitation, hash, caller);
        return { account: made, hadAccount: false };
      } catch (error) {
        // Somebody has the address meanwhile, or can go back to it; or the account has something else that was proven before.
        if (error instanceof EmailTakenError || error instanceof ProofRequiredError) throw new AccountExistsError();
        throw error;
      }
    });
  }

  /** The account that registered with the address or has proven it. One that merely added it gives way. */
  private async accountOf(email: string): Promise<Account | null> {
    return (await this.contacts.isClaim('email', email)) ? null : this.users.findByEmail(email);
  }

  private async attempt<T>(token: string, caller: Caller, work: (invitation: Invitation) => Promise<T>): Promise<T> {
    await this.mailed.admitAttempt(caller);
    return this.mailed.onRecord(PURPOSE, { caller }, async () => work(await this.invitations.check(token)));
  }
}

/** Whether its owner has shown to read the address that it has, and not only somebody who put it there. */
function isProven({ emailVerifiedAt, recoveryEmail }: Account): boolean {
  return emailVerifiedAt !== null && recoveryEmail === null;
}
