import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import { Settings } from '../../../config/settings.js';
import { FactorRegistry } from '../factor-registry.service.js';
import {
  type Factor,
  type FactorAnswer,
  type FactorChallenge,
  type FactorOffer,
  type PassedFactor,
  type SignInState,
  isOwners,
} from '../factor.js';
import { SignInCodeAttempts, type TypedCode } from '../../sign-in-codes/sign-in-code-attempts.service.js';
import { SignInCodes } from '../../sign-in-codes/sign-in-codes.service.js';
import { type CodeOwner, EmailCodeProofs } from './email-code-proofs.service.js';
import { EmailCodeRequests } from './email-code-requests.service.js';

/** What a mailed code or link is worth: somebody reads the mail to an address. */
export function passedByMail({ userId, address, epoch }: CodeOwner): PassedFactor {
  return { type: 'email_code', userId, authenticatorId: null, address, methods: ['otp'], level: 1, epoch };
}

/** Signing in by a mailed code, as a first factor. */
@Injectable()
export class EmailCodeFactor implements Factor, OnModuleInit {
  readonly type = 'email_code';
  readonly roles = ['first'] as const;
  readonly sends = 'mail';
  readonly holds = 'coalesce(u.recovery_email, u.email) = p.address';

  constructor(
    private readonly registry: FactorRegistry,
    private readonly requests: EmailCodeRequests,
    private readonly proofs: EmailCodeProofs,
    private readonly codes: SignInCodes,
    private readonly attempts: SignInCodeAttempts,
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

  /** @throws InvalidFactorError, ThrottledError */
  async attempt(signIn: SignInState, { challengeId, code = '' }: FactorAnswer, caller: Caller): Promise<PassedFactor> {
    const { id: signInId, userId } = signIn;
    const isOwner = isOwners(signIn);
    const typed: TypedCode = { signInId, userId, type: this.type, challengeId, code };
    return passedByMail(await this.attempts.attempt(typed, caller, (right) => this.proofs.redeem(right, { isOwner }, caller)));
  }
}
