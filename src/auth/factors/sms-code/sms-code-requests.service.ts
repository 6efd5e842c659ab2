import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../../audit/audit.service.js';
import type { Caller } from '../../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../../common/steady-time.js';
import { Settings } from '../../../config/settings.js';
import { DatabaseService } from '../../../database/database.service.js';
import { SmsQueue, type TextMessage } from '../../../sms/sms-queue.service.js';
import { networkOf } from '../../../throttling/client-network.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import { isAccountGone } from '../../../users/errors.js';
import { MobileCodes } from '../../challenges/mobile-codes.service.js';
import type { FactorChallenge, SignInState } from '../factor.js';
import { SIGN_IN_CODE_SECONDS, SignInCodes } from '../../sign-in-codes/sign-in-codes.service.js';
import { SmsCodeRecipients, type SmsRecipient } from './sms-code-recipients.service.js';

const TYPE = 'sms_code';

/** Asking for a texted code, and what its text says. */
@Injectable()
export class SmsCodeRequests implements OnModuleInit {
  constructor(
    private readonly recipients: SmsCodeRecipients,
    private readonly codes: SignInCodes,
    private readonly texts: MobileCodes,
    private readonly queue: SmsQueue,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    this.queue.composeWith((id) => this.compose(id));
  }

  /**
   * Makes a code and queues its text; an earlier code of the sign-in dies. Where nobody gets one, a code is made that is never right: the
   * answer, the limits that are told, and the time are the same.
   * @throws ThrottledError; SignInStateError for a sign-in without an identifier
   */
  request(signIn: SignInState, caller: Caller): Promise<FactorChallenge> {
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      await this.throttle.takeFrom('sms-network', caller);
      const recipient = await this.recipients.find(signIn);
      await this.throttle.take({ limit: 'sign-in-code', of: `${recipient.key} ${networkOf(caller.ip)}` }, caller);
      const number = (await this.isDue(recipient)) ? recipient.number : null;
      const { id, expiresAt } = await this.issue(signIn, { ...recipient, number }, caller);
      const { typed } = recipient;
      return { id, type: TYPE, expiresAt, ...(typed !== null && { maskedTo: `•••${typed.slice(-2)}` }) };
    });
  }

  private async isDue({ owner, number }: SmsRecipient): Promise<boolean> {
    if (owner === null || number === null) return false;
    return this.texts.spend(owner.account.id, number, { isNeeded: !(await this.codes.isLive(number, TYPE)) });
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
      if (address !== null) await this.queue.enqueue(code.id);
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

  /** The last line binds the code to a page (https://wicg.github.io/sms-one-time-codes/): phones fill it in there and nowhere else. */
  private async compose(id: string): Promise<TextMessage | null> {
    const secrets = await this.codes.reveal(id);
    if (secrets?.type !== TYPE) return null;
    const { address: to, code } = secrets;
    const { APP_NAME, SMS_CODE_DOMAIN, PUBLIC_URL } = this.settings;
    const domain = SMS_CODE_DOMAIN === '' ? new URL(String(PUBLIC_URL)).hostname : SMS_CODE_DOMAIN;
    const minutes = SIGN_IN_CODE_SECONDS / 60;
    const text = `${code} is your ${APP_NAME} code to sign in, good for ${minutes} minutes. Never give it to anyone: we do not ask for it.`;
    return { to, text: `${text}\n\n@${domain} #${code}` };
  }
}
