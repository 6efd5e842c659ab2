import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import { Settings } from '../../../config/settings.js';
import { InvalidChallengeError } from '../../../tokens/challenges/errors.js';
import { UsersService } from '../../../users/users.service.js';
import { MobileCodes } from '../../challenges/mobile-codes.service.js';
import { FactorRegistry } from '../factor-registry.service.js';
import type { Factor, FactorAnswer, FactorChallenge, FactorOffer, PassedFactor, SignInState } from '../factor.js';
import { SignInCodeAttempts, type TypedCode } from '../../sign-in-codes/sign-in-code-attempts.service.js';
import { type RightCode, SignInCodes } from '../../sign-in-codes/sign-in-codes.service.js';
import { SmsCodeRecipients } from './sms-code-recipients.service.js';
import { SmsCodeRequests } from './sms-code-requests.service.js';

/** Signing in by a code in a text message, as a first factor. It never adds to another one. */
@Injectable()
export class SmsCodeFactor implements Factor, OnModuleInit {
  readonly type = 'sms_code';
  readonly roles = ['first'] as const;
  readonly restricted = true;
  readonly sends = 'text';
  readonly holds = 'coalesce(u.recovery_mobile, u.mobile_key) = p.address';

  constructor(
    private readonly registry: FactorRegistry,
    private readonly requests: SmsCodeRequests,
    private readonly recipients: SmsCodeRecipients,
    private readonly codes: SignInCodes,
    private readonly attempts: SignInCodeAttempts,
    private readonly texts: MobileCodes,
    private readonly users: UsersService,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    if (this.settings.SMS_CODE === 'on' && this.texts.areSent) this.registry.add(this);
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

  /** @throws InvalidFactorError, ThrottledError */
  async attempt(
    { id: signInId, userId: known }: SignInState,
    { challengeId, code = '' }: FactorAnswer,
    caller: Caller,
  ): Promise<PassedFactor> {
    const typed: TypedCode = { signInId, userId: known, type: this.type, challengeId, code };
    const owner = await this.attempts.attempt(typed, caller, (right) => this.redeem(right));
    return { type: this.type, ...owner, authenticatorId: null, methods: ['sms'], level: 1 };
  }

  /** Uses the code up, if the account is as it was when the code was sent. @throws InvalidChallengeError */
  private async redeem(code: RightCode): Promise<Required<Pick<PassedFactor, 'userId' | 'address' | 'epoch'>>> {
    const owner = code.userId === null ? null : await this.users.findCredentialsById(code.userId);
    const isCurrent =
      owner !== null && owner.sessionEpoch === code.epoch && (await this.recipients.isNumberOf(owner.account, code.address));
    if (!isCurrent || !(await this.codes.consume(code))) throw new InvalidChallengeError();
    return { userId: owner.account.id, address: code.address, epoch: owner.sessionEpoch };
  }
}
