import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import type { Principal } from '../../common/principal.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { Settings } from '../../config/settings.js';
import { DatabaseService } from '../../database/database.service.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import type { Account } from '../../users/account.js';
import { ContactsService, type Mobile } from '../../users/contacts.service.js';
import { MobileCodes } from '../challenges/mobile-codes.service.js';
import { MobileReplacement } from './mobile-replacement.service.js';
import { type Authorization, CredentialChange } from '../passwords/credential-change.service.js';

/** The mobile number of an account: set and removed. */
@Injectable()
export class MobileService {
  constructor(
    private readonly contacts: ContactsService,
    private readonly codes: MobileCodes,
    private readonly gate: CredentialChange,
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
    user: Principal,
    { mobile, currentPassword }: { mobile: string; currentPassword?: string | undefined },
    caller: Caller,
  ): Promise<Account | null> {
    const wanted = this.contacts.readMobile(mobile);
    const isPrivate = this.settings.ACCOUNT_PRIVACY === 'strict';
    if (isPrivate) {
      this.codes.demandConfigured();
      if (!wanted.key.startsWith('+'))
        throw InvalidRequestError.field('mobile', 'mobile.unreachable', 'No text message can be sent to this number.');
    }
    await this.throttle.take({ limit: 'edit', of: user.userId }, caller);
    // The answer tells whether somebody has the number: no oftener than where that is asked outright.
    await this.throttle.takeFrom('availability', caller);
    const authorization = await this.gate.authorize(user, 'mobile', { password: currentPassword, field: 'currentPassword' }, caller);
    if (!isPrivate)
      return this.database.transaction(async () => this.replacement.replace(await this.gate.confirm(authorization), wanted, caller));
    await atSteadyTime(ANSWER_STEP_MS, async () => {
      const texted = await this.codes.spendPrivately(user.userId, wanted.key, caller);
      await this.database.transaction(() => this.propose(authorization, wanted, texted, caller));
    });
    return null;
  }

  /**
   * Takes the number from the account.
   * @throws InvalidRequestError when it is all that the account signs in with; BadCredentialsError, ThrottledError, BusyError
   */
  async remove(user: Principal, currentPassword: string | undefined, caller: Caller): Promise<void> {
    await this.throttle.take({ limit: 'edit', of: user.userId }, caller);
    const authorization = await this.gate.authorize(user, 'mobile', { password: currentPassword, field: 'currentPassword' }, caller);
    await this.database.transaction(async () => {
      const change = await this.gate.confirm(authorization);
      const { account } = change;
      if (account.mobile === null) return;
      if (account.email === null && account.username === null) {
        throw new InvalidRequestError([
          { pointer: '', rule: 'identifier.missing', detail: 'The account has no other identifier to sign in with.' },
        ]);
      }
      await this.contacts.removeMobile(change);
      await this.replacement.settle(account, { action: 'mobile.removed', set: null }, caller);
    });
  }

  private async propose(authorization: Authorization<'mobile'>, wanted: Mobile, texted: boolean, caller: Caller): Promise<void> {
    const { id } = (await this.gate.confirm(authorization)).account;
    // Made in both cases: whether an earlier code still works would tell which it was.
    const isTaken = await this.contacts.isMobileTaken(wanted, id);
    await this.codes.issue('confirm-mobile', id, wanted.key, { texted: texted && !isTaken, triedBy: caller });
    await this.audit.record({ action: 'mobile.verification_requested', outcome: 'success', actorId: id, subjectId: id, caller });
  }
}
