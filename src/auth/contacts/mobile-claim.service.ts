import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import type { ProvenChallenge } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { ProofRequiredError } from '../passwords/errors.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { TakeoverService } from '../passwords/takeover.service.js';
import { NEW_PASSWORD_RULES } from './email-confirmation.service.js';
import type { Ownership } from './email-verification.service.js';
import { MobileVerificationService, proofBy } from './mobile-verification.service.js';
import { RegistrationTickets } from './registration-tickets.js';
import { TakenContacts } from './taken-contacts.service.js';

const PURPOSE = 'confirm-mobile';

/** Proving the number that an account registered with, by somebody who is not signed in: a stranger may have made the account. */
@Injectable()
export class MobileClaimService {
  constructor(
    private readonly contacts: ContactsService,
    private readonly mailed: MailedChallenges,
    private readonly verification: MobileVerificationService,
    private readonly takeover: TakeoverService,
    private readonly newPasswords: NewPasswords,
    private readonly tickets: RegistrationTickets,
    private readonly taken: TakenContacts,
  ) {}

  /**
   * Texts a code to the number, if an account registered with it and has not proven it; one that is fresh goes out once more. The caller
   * learns nothing either way.
   * @throws ThrottledError, SmsNotConfiguredError
   */
  async request(mobile: string, caller: Caller): Promise<void> {
    this.taken.demandTexts();
    await this.mailed.admitRequest(caller);
    await atSteadyTime(ANSWER_STEP_MS, () => this.taken.offerByText(mobile, caller));
  }

  /**
   * Proves the number by the code. As with an address, it takes the ticket of the registration, the account's password, a session of it,
   * or a new password that puts an end to everything from before; not the last where the account has proven an address or another number, or
   * set this one later: then no stranger made it in the reader's name.
   * @throws InvalidChallengeError (also for an unknown number), ChallengeExpiredError, ProofRequiredError (the code stays good),
   *   BadCredentialsError, InvalidRequestError, ThrottledError, BusyError
   */
  async confirm(mobile: string, code: string, ownership: Ownership, caller: Caller): Promise<Account> {
    const { ticket, password, newPassword, session } = ownership;
    if (newPassword !== undefined) this.newPasswords.check(newPassword, NEW_PASSWORD_RULES);
    await this.mailed.admitAttempt(caller);
    const { challenge, account } = await atSteadyTime(ANSWER_STEP_MS, () => this.tryCode(mobile, code, caller));
    if (newPassword !== undefined) return this.takeOver(challenge, account, newPassword, caller);
    if (password !== undefined) return this.verification.prove(challenge, { password, challenge }, 'by-owner', caller);
    if (this.tickets.proves(ticket, challenge)) return this.verification.prove(challenge, { challenge }, 'by-owner', caller);
    if (session?.userId !== challenge.userId) throw new ProofRequiredError();
    return this.verification.prove(challenge, { challenge }, proofBy(session), caller);
  }

  private async tryCode(mobile: string, code: string, caller: Caller): Promise<{ challenge: ProvenChallenge; account: Account }> {
    const account = await this.contacts.findByMobile(mobile);
    return this.mailed.onRecord(PURPOSE, { caller, subjectId: account?.id ?? null }, async () => {
      if (account === null) throw new InvalidChallengeError();
      const challenge = await this.mailed.checkCode(PURPOSE, account.id, code, caller);
      // Its owner may have asked for a code to another number.
      if (account.disabledAt !== null || this.contacts.textsOf(account) !== challenge.address) throw new InvalidChallengeError();
      return { challenge, account };
    });
  }

  private async mayTakeOver({ id, emailVerifiedAt, recoveryEmail }: Account): Promise<boolean> {
    return emailVerifiedAt === null && recoveryEmail === null && !(await this.contacts.isMobileOnlyClaimed(id));
  }

  private async takeOver(challenge: ProvenChallenge, account: Account, newPassword: string, caller: Caller): Promise<Account> {
    if (!(await this.mayTakeOver(account))) throw new ProofRequiredError();
    const hash = await this.newPasswords.hash(newPassword, account, NEW_PASSWORD_RULES, caller);
    const claim = async (change: ConfirmedChange<'takeover'>): Promise<void> => {
      // Something was proven or changed while the password was hashed.
      if (!(await this.mayTakeOver(change.account))) throw new ProofRequiredError();
      await this.verification.record(change, challenge.address, 'by-owner', caller);
    };
    return this.takeover.complete({ challenge, by: 'mobile', claim, password: { hash, event: 'password.changed' } }, caller);
  }
}
