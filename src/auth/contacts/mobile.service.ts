import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { Settings } from '../../config/settings.js';
import { DatabaseService } from '../../database/database.service.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { ChallengeExpiredError, InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Principal } from '../../common/principal.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService, type Mobile } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { MobileUnreachableError } from './errors.js';
import { MobileCodes } from './mobile-codes.service.js';
import { type Authorization, CredentialChange } from '../passwords/credential-change.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';

const PURPOSE = 'confirm-mobile';

/** The mobile number of an account: set, proven, removed. */
@Injectable()
export class MobileService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly codes: MobileCodes,
    private readonly challenges: ChallengesService,
    private readonly gate: CredentialChange,
    private readonly notices: OwnerNotices,
    private readonly throttle: ThrottleService,
    private readonly settings: Settings,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Gives the account another number. It counts at once, not proven; the same number in another spelling stays as it is. With
   * `ACCOUNT_PRIVACY=strict` it counts once it is proven, and nobody learns before that whether it is taken: a code is texted.
   * @returns the account; null when a code has to be typed first
   * @throws BadCredentialsError when the password is wrong (counted like a sign-in) or stopped being the account's meanwhile;
   *   MobileTakenError (after the right password only), SmsNotConfiguredError, InvalidRequestError, ThrottledError, BusyError
   */
  async change(
    user: Principal,
    { mobile, currentPassword }: { mobile: string; currentPassword: string },
    caller: Caller,
  ): Promise<Account | null> {
    const wanted = this.contacts.readMobile(mobile);
    const isPrivate = this.settings.ACCOUNT_PRIVACY === 'strict';
    if (isPrivate) {
      this.codes.demandConfigured();
      if (!wanted.key.startsWith('+'))
        throw InvalidRequestError.field('mobile', 'mobile.unreachable', 'No text message can be sent to this number.');
    }
    // The answer tells whether somebody has the number: no oftener than where that is asked outright.
    await this.throttle.take({ limit: 'availability', of: networkOf(caller.ip) }, caller);
    const authorization = await this.gate.authorize(user, 'mobile', { password: currentPassword }, caller);
    if (!isPrivate) return this.database.transaction(async () => this.replace(await this.gate.confirm(authorization), wanted, caller));
    await atSteadyTime(ANSWER_STEP_MS, async () => {
      const texted = await this.codes.spendPrivately(user.userId, wanted.key, caller);
      await this.database.transaction(() => this.propose(authorization, wanted, texted, caller));
    });
    return null;
  }

  /**
   * Changes the number without a password and before it is proven, for wire formats that promise so. The owner is told.
   * @throws InvalidRequestError, MobileTakenError (also when two requests race), UserNotFoundError
   */
  changeAtOnce(authorization: Authorization<'mobile'>, mobile: string, caller: Caller): Promise<Account> {
    const wanted = this.contacts.readMobile(mobile);
    return this.database.transaction(async () => this.replace(await this.gate.confirm(authorization), wanted, caller));
  }

  /**
   * Takes the number from the account.
   * @throws InvalidRequestError when it is all that the account signs in with; BadCredentialsError, ThrottledError, BusyError
   */
  async remove(user: Principal, currentPassword: string, caller: Caller): Promise<void> {
    const authorization = await this.gate.authorize(user, 'mobile', { password: currentPassword }, caller);
    await this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      const { account } = change;
      if (account.mobile === null) return;
      if (account.email === null && account.username === null) {
        throw new InvalidRequestError([
          { pointer: '', rule: 'identifier.missing', detail: 'The account has no other identifier to sign in with.' },
        ]);
      }
      await this.contacts.changeMobile(change, null);
      await this.settle(account, 'mobile.removed', caller);
    });
  }

  /**
   * Texts a code to the account's number; an earlier one dies. Nothing is sent where the number is proven already.
   * @throws MobileUnreachableError without a number that can be texted; SmsNotConfiguredError, ThrottledError
   */
  async requestVerification(userId: string, caller: Caller): Promise<void> {
    this.codes.demandConfigured();
    const account = await this.users.getById(userId);
    const number = this.contacts.textsOf(account);
    if (number === null) throw new MobileUnreachableError();
    if (account.mobileVerifiedAt !== null) return;
    await this.codes.spend(userId, number, caller);
    await this.database.transaction(async () => {
      // Locked: the number may change at the same time, and then the code would be for the former one.
      const { account: now } = await this.contacts.lock(userId);
      if (this.contacts.textsOf(now) !== number) return;
      await this.codes.issue(PURPOSE, userId, number);
      await this.record('mobile.verification_requested', userId, caller);
    });
  }

  /**
   * Proves the number that the code was sent to.
   * @throws InvalidChallengeError, ChallengeExpiredError, MobileTakenError, ThrottledError
   */
  async confirm(userId: string, code: string, caller: Caller): Promise<Account> {
    try {
      const challenge = await this.codes.check(PURPOSE, userId, code, caller);
      const authorization = await this.gate.authorize(null, 'mobile', { challenge }, caller);
      return await this.database.transaction(async () => {
        const change = await this.gate.confirm(authorization);
        const { account } = change;
        const isNew = this.contacts.textsOf(account) !== challenge.address;
        if (!(await this.contacts.proveMobile(change, challenge.address))) throw new InvalidChallengeError();
        if (isNew) await this.settle(account, 'mobile.changed', caller);
        await this.record('mobile.verified', userId, caller);
        return this.users.getById(userId);
      });
    } catch (error) {
      if (error instanceof InvalidChallengeError || error instanceof ChallengeExpiredError) {
        const details = { reason: error.code };
        await this.audit.record({ action: 'mobile.verified', outcome: 'failure', subjectId: userId, caller, details });
      }
      throw error;
    }
  }

  private async replace(change: ConfirmedChange<'mobile'>, wanted: Mobile, caller: Caller): Promise<Account> {
    const { account, actorId } = change;
    const changed = await this.contacts.changeMobile(change, wanted);
    if (account.mobile === null || this.contacts.readMobile(account.mobile).key !== wanted.key) {
      await this.settle(account, 'mobile.changed', caller, actorId);
    }
    return changed;
  }

  private async propose(authorization: Authorization<'mobile'>, wanted: Mobile, texted: boolean, caller: Caller): Promise<void> {
    const { id } = (await this.gate.confirm(authorization)).account;
    // Made in both cases: whether an earlier code still works would tell which it was.
    const isTaken = await this.contacts.isMobileTaken(wanted, id);
    await this.codes.issue(PURPOSE, id, wanted.key, texted && !isTaken);
    await this.record('mobile.verification_requested', id, caller);
  }

  /** What another number brings along: codes for the former one are dead, and the owner is told. */
  private async settle(before: Account, action: 'mobile.changed' | 'mobile.removed', caller: Caller, actorId = before.id): Promise<void> {
    await this.challenges.close(before.id, PURPOSE);
    if (before.mobile !== null) await this.notices.send('mobile-changed', before, caller);
    await this.record(action, before.id, caller, actorId);
  }

  private record(
    action: 'mobile.changed' | 'mobile.removed' | 'mobile.verification_requested' | 'mobile.verified',
    id: string,
    caller: Caller,
    actorId = id,
  ): Promise<void> {
    return this.audit.record({ action, outcome: 'success', actorId, subjectId: id, caller });
  }
}
