import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../audit/audit.service.js';
import type { Caller } from '../../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../../common/steady-time.js';
import { DatabaseService } from '../../../database/database.service.js';
import { SmsQueue } from '../../../sms/sms-queue.service.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import { isAccountGone } from '../../../users/errors.js';
import { MobileCodes } from '../../challenges/mobile-codes.service.js';
import type { FactorChallenge, SignInState } from '../factor.js';
import { CodeAskers } from '../../sign-in-codes/code-askers.service.js';
import { SignInCodes } from '../../sign-in-codes/sign-in-codes.service.js';
import { SmsCodeRecipients, type SmsRecipient } from './sms-code-recipients.service.js';

const TYPE = 'sms_code';

/** Asking for a texted code. */
@Injectable()
export class SmsCodeRequests {
  constructor(
    private readonly recipients: SmsCodeRecipients,
    private readonly codes: SignInCodes,
    private readonly askers: CodeAskers,
    private readonly texts: MobileCodes,
    private readonly queue: SmsQueue,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes a code and queues its text; an earlier code of the sign-in dies. Where nobody gets one, a code is made that is never right: the
   * answer, the limits that are told, and the time are the same.
   * @throws ThrottledError; SignInStateError for a sign-in without an identifier
   */
  request(signIn: SignInState, caller: Caller): Promise<FactorChallenge> {
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      await this.throttle.takeFrom('sms-network', caller);
      const recipient = await this.recipients.find(signIn);
      const { owner, key } = recipient;
      const knownBy = await this.askers.admit(signIn, { accountId: owner?.account.id ?? null, key }, caller);
      const number = (await this.isDue(recipient, knownBy)) ? recipient.number : null;
      const { id, expiresAt } = await this.issue(signIn, { ...recipient, number }, caller);
      const { typed } = recipient;
      return { id, type: TYPE, expiresAt, ...(typed !== null && { maskedTo: `•••${typed.slice(-2)}` }) };
    });
  }

  private async isDue({ owner, number }: SmsRecipient, knownBy: string | null): Promise<boolean> {
    if (owner === null || number === null) return false;
    const isNeeded = !(await this.codes.isLive(number, TYPE));
    return this.texts.spend(owner.account.id, number, { isNeeded, owner: knownBy });
  }

  private async issue(signIn: SignInState, recipient: SmsRecipient, caller: Caller): Promise<{ id: string; expiresAt: Date }> {
    try {
      return await this.store(signIn, recipient, caller);
    } catch (error) {
      if (!isAccountGone(error)) throw error;
      return this.store(signIn, { ...recipient, owner: null, number: null }, caller);
    }
  }

  private store(
    { id: signInId }: SignInState,
    { owner, number: address }: SmsRecipient,
    caller: Caller,
  ): Promise<{ id: string; expiresAt: Date }> {
    const userId = owner?.account.id ?? null;
    const epoch = owner?.sessionEpoch ?? null;
    return this.database.transaction(async () => {
      const code = await this.codes.issue({ signInId, type: TYPE, userId, epoch, address, returnTo: null });
      if (address !== null) await this.queue.enqueue(code.id, { locale: owner?.account.locale, acceptLanguage: caller.acceptLanguage });
      await this.audit.record({
        action: 'sign_in.code_requested',
        outcome: address === null ? 'failure' : 'success',
        subjectId: userId,
        caller,
        details: { factor: TYPE },
      });
      return code;
    });
  }
}
