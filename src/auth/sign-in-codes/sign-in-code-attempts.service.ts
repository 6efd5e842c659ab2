import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../common/steady-time.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import { InvalidFactorError } from '../authenticators/errors.js';
import { CodeAlarm } from '../challenges/code-alarm.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import type { CodeType } from './sign-in-code.entity.js';
import { type RightCode, SignInCodes } from './sign-in-codes.service.js';

/** A code that somebody typed in a sign-in. */
export interface TypedCode {
  signInId: string;
  /** Whose sign-in it is, where that is known. */
  userId: string | null;
  type: CodeType;
  challengeId: string | undefined;
  code: string;
}

/** Trying codes of sign-ins. */
@Injectable()
export class SignInCodeAttempts {
  constructor(
    private readonly codes: SignInCodes,
    private readonly mailed: MailedChallenges,
    private readonly alarm: CodeAlarm,
    private readonly audit: AuditService,
  ) {}

  /**
   * Checks a code, and lets `redeem` use it up and say whose it is. A wrong one counts against the code and the sign-in, and goes on record.
   * Takes equally long, whether or not somebody was to get the code.
   * @throws InvalidFactorError; ThrottledError when the caller's network has tried too many; what else `redeem` throws
   */
  async attempt<T>(
    { signInId, userId, type, challengeId, code }: TypedCode,
    caller: Caller,
    redeem: (right: RightCode) => Promise<T>,
  ): Promise<T> {
    await this.mailed.admitAttempt(caller);
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      const right = await this.codes.check(signInId, type, challengeId, code);
      try {
        if (right !== null) return await redeem(right);
      } catch (error) {
        if (!(error instanceof InvalidChallengeError)) throw error;
      }
      if (right === null) await this.alarm.note();
      const details = { factor: type };
      await this.audit.record({ action: 'factor.checked', outcome: 'failure', subjectId: right?.userId ?? userId, caller, details });
      throw new InvalidFactorError();
    });
  }
}
