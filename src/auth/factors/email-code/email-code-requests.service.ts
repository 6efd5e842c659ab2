import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../audit/audit.service.js';
import type { Caller } from '../../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../../common/steady-time.js';
import { DatabaseService } from '../../../database/database.service.js';
import { OutboxService } from '../../../mail/outbox.service.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import { isAccountGone } from '../../../users/errors.js';
import { askedFrom } from '../../challenges/asked-from.js';
import { MailBudget } from '../../challenges/mail-budget.service.js';
import type { FactorChallenge, SignInState } from '../factor.js';
import { CodeAskers } from '../../sign-in-codes/code-askers.service.js';
import { SignInCodes } from '../../sign-in-codes/sign-in-codes.service.js';
import { EmailCodeRecipients, type Recipient } from './email-code-recipients.service.js';
import { maskAddress } from './mask-address.js';

const TYPE = 'email_code';

/** Asking for a mailed code. */
@Injectable()
export class EmailCodeRequests {
  constructor(
    private readonly recipients: EmailCodeRecipients,
    private readonly codes: SignInCodes,
    private readonly askers: CodeAskers,
    private readonly budget: MailBudget,
    private readonly outbox: OutboxService,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes a code and a link, and queues their mail; an earlier code of the sign-in dies. Where nobody gets one, a code is made that is never
   * right: the answer, the limits that are told, and the time are the same.
   * @throws ThrottledError; SignInStateError for a sign-in without an identifier
   */
  request(signIn: SignInState, caller: Caller): Promise<FactorChallenge> {
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      await this.throttle.takeFrom('mail-request', caller);
      const recipient = await this.recipients.find(signIn);
      const { owner, key } = recipient;
      const knownBy = await this.askers.admit(signIn, { accountId: owner?.account.id ?? null, key }, caller);
      const address = (await this.isDue(recipient, knownBy)) ? recipient.address : null;
      const { id, expiresAt } = await this.issue(signIn, { ...recipient, address }, caller);
      const { typed } = recipient;
      return { id, type: TYPE, expiresAt, ...(typed !== null && { maskedTo: maskAddress(typed) }) };
    });
  }

  /** Whether the mail may go out. One is counted whether or not there is an account. */
  private async isDue({ address, typed, isProven }: Recipient, knownBy: string | null): Promise<boolean> {
    const counted = address ?? typed;
    if (counted === null) return false;
    const needed = !(await this.codes.isLive(counted, TYPE));
    // Whoever registered with somebody else's address is not known to its owner.
    return this.budget.spend(counted, { needed, isProven, owner: isProven ? knownBy : null });
  }

  private async issue(signIn: SignInState, recipient: Recipient, caller: Caller): Promise<{ id: string; expiresAt: Date }> {
    try {
      return await this.store(signIn, recipient, caller);
    } catch (error) {
      if (!isAccountGone(error)) throw error;
      return this.store(signIn, { ...recipient, owner: null, address: null }, caller);
    }
  }

  private store(
    { id: signInId, purpose, userId: known, returnTo = null }: SignInState,
    { owner, address }: Recipient,
    caller: Caller,
  ): Promise<{ id: string; expiresAt: Date }> {
    const { id: userId = null, locale = null, firstName = null } = owner?.account ?? {};
    // Only a sign-in that has begun with nothing can begin elsewhere in its place.
    const leadsTo = purpose === 'sign_in' && known === null ? returnTo : null;
    return this.database.transaction(async () => {
      const epoch = owner?.sessionEpoch ?? null;
      const code = await this.codes.issue({ signInId, type: TYPE, userId, epoch, address, returnTo: leadsTo });
      if (address !== null) {
        const kind = userId === null ? 'sign-up-code' : 'sign-in-code';
        const params = { firstName, ...askedFrom(caller) };
        const { id: challengeId, expiresAt } = code;
        const { acceptLanguage } = caller;
        await this.outbox.enqueue({ kind, recipient: address, userId, locale, acceptLanguage, params, challengeId, expiresAt });
      }
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
