import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditService } from '../../../audit/audit.service.js';
import type { Caller } from '../../../common/caller.js';
import { ANSWER_STEP_MS, atSteadyTime } from '../../../common/steady-time.js';
import { Settings } from '../../../config/settings.js';
import { InvalidChallengeError } from '../../../tokens/challenges/errors.js';
import { InvalidFactorError } from '../../authenticators/errors.js';
import { CodeAlarm } from '../../challenges/code-alarm.service.js';
import { MailedChallenges } from '../../challenges/mailed-challenges.service.js';
import { FactorRegistry } from '../../sign-in/factor-registry.service.js';
import type { Factor, FactorAnswer, FactorChallenge, FactorOffer, PassedFactor, SignInState } from '../../sign-in/factor.js';
import { SignInCodes } from '../../sign-in-codes/sign-in-codes.service.js';
import { EmailCodeProofs } from './email-code-proofs.service.js';
import { EmailCodeRequests } from './email-code-requests.service.js';

/** What a mailed code or link is worth: somebody reads the mail to an address. */
export function passedByMail(userId: string): PassedFactor {
  return { type: 'email_code', userId, authenticatorId: null, methods: ['otp'], level: 1 };
}

/** Signing in by a mailed code, as a first factor. */
@Injectable()
export class EmailCodeFactor implements Factor, OnModuleInit {
  readonly type = 'email_code';
  readonly roles = ['first'] as const;

  constructor(
    private readonly registry: FactorRegistry,
    private readonly requests: EmailCodeRequests,
    private readonly proofs: EmailCodeProofs,
    private readonly codes: SignInCodes,
    private readonly mailed: MailedChallenges,
    private readonly alarm: CodeAlarm,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    if (this.settings.EMAIL_CODE !== 'off') this.registry.add(this);
  }

  answers({ code }: FactorAnswer): boolean {
    return code !== undefined;
  }

  recognizes({ id }: SignInState, { challengeId }: FactorAnswer): Promise<boolean> {
    return this.codes.has(id, this.type, challengeId);
  }

  async offersOf(): Promise<FactorOffer[]> {
    return [];
  }

  challenge(signIn: SignInState, caller: Caller): Promise<FactorChallenge> {
    return this.requests.request(signIn, caller);
  }

  /** A wrong code counts against the code and the sign-in. @throws InvalidFactorError, which goes on record; ThrottledError */
  async attempt(signIn: SignInState, { challengeId, code = '' }: FactorAnswer, caller: Caller): Promise<PassedFactor> {
    await this.mailed.admitAttempt(caller);
    return atSteadyTime(ANSWER_STEP_MS, async () => {
      const right = await this.codes.check(signIn.id, this.type, challengeId, code);
      if (right === null) {
        await this.alarm.note();
        return this.refuse(signIn.userId, caller);
      }
      const isOwner = signIn.purpose === 'step_up' || signIn.passed.length > 0;
      try {
        return passedByMail(await this.proofs.redeem(right, { isOwner }, caller));
      } catch (error) {
        if (error instanceof InvalidChallengeError) return this.refuse(right.userId, caller);
        throw error;
      }
    });
  }

  private async refuse(subjectId: string | null, caller: Caller): Promise<never> {
    await this.audit.record({ action: 'factor.checked', outcome: 'failure', subjectId, caller, details: { factor: this.type } });
    throw new InvalidFactorError();
  }
}
