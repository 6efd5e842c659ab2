import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { Settings } from '../../config/settings.js';
import { DatabaseService } from '../../database/database.service.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import type { Account, Credentials } from '../../users/account.js';
import { ContactsService, type Mobile } from '../../users/contacts.service.js';
import { BadCredentialsError } from '../passwords/errors.js';
import { MobileCodes } from './mobile-codes.service.js';
import { MobileReplacement } from './mobile-replacement.service.js';
import { PasswordCheck } from '../passwords/password-check.service.js';

/** The mobile number of an account: set and removed. */
@Injectable()
export class MobileService {
  constructor(
    private readonly contacts: ContactsService,
    private readonly codes: MobileCodes,
    private readonly passwords: PasswordCheck,
    private readonly replacement: MobileReplacement,
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
    userId: string,
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
    const known = await this.passwords.byId(userId, currentPassword, caller);
    if (!isPrivate) return this.database.transaction(async () => this.replacement.replace(await this.lockUnchanged(known), wanted, caller));
    await atSteadyTime(ANSWER_STEP_MS, async () => {
      const texted = await this.codes.spendPrivately(userId, wanted.key, caller);
      await this.database.transaction(() => this.propose(known, wanted, texted, caller));
    });
    return null;
  }

  /**
   * Takes the number from the account.
   * @throws InvalidRequestError when it is all that the account signs in with; BadCredentialsError, ThrottledError, BusyError
   */
  async remove(userId: string, currentPassword: string, caller: Caller): Promise<void> {
    const known = await this.passwords.byId(userId, currentPassword, caller);
    await this.database.transaction(async () => {
      const account = await this.lockUnchanged(known);
      if (account.mobile === null) return;
      if (account.email === null && account.username === null) {
        throw new InvalidRequestError([
          { pointer: '', rule: 'identifier.missing', detail: 'The account has no other identifier to sign in with.' },
        ]);
      }
      await this.contacts.changeMobile(userId, null);
      await this.replacement.settle(account, 'mobile.removed', caller);
    });
  }

  private async propose(known: Credentials, wanted: Mobile, texted: boolean, caller: Caller): Promise<void> {
    const { id } = await this.lockUnchanged(known);
    // Made in both cases: whether an earlier code still works would tell which it was.
    const isTaken = await this.contacts.isMobileTaken(wanted, id);
    await this.codes.issue('confirm-mobile', id, wanted.key, texted && !isTaken);
    await this.audit.record({ action: 'mobile.verification_requested', outcome: 'success', actorId: id, subjectId: id, caller });
  }

  /** Locks the account. A password that was replaced while it was compared proves nothing any more. */
  private async lockUnchanged({ account, sessionEpoch }: Credentials): Promise<Account> {
    const now = await this.contacts.lock(account.id);
    if (now.sessionEpoch !== sessionEpoch || now.account.disabledAt !== null) throw new BadCredentialsError();
    return now.account;
  }
}
