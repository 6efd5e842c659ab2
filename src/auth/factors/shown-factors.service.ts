import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { InvalidFactorError } from '../authenticators/errors.js';
import { type ShownFactor, SecondFactorCheck } from '../authenticators/second-factor-check.service.js';
import { FactorRegistry } from './factor-registry.service.js';

/** Checks second factors that are shown outside of a sign-in, beside a mailed code or link, by the factors of the sign-in. */
@Injectable()
export class ShownFactors implements OnModuleInit {
  constructor(
    private readonly registry: FactorRegistry,
    private readonly check: SecondFactorCheck,
  ) {}

  onModuleInit(): void {
    this.check.checkWith((userId, shown, caller) => this.attempt(userId, shown, caller));
  }

  private async attempt(userId: string, shown: ShownFactor, caller: Caller): Promise<void> {
    const [factor] = this.registry.answeredBy(shown);
    if (factor === undefined) throw new InvalidFactorError();
    // No sign-in goes on with it: what counts is whose factor it has to be.
    await factor.attempt({ id: userId, begunAt: new Date(), purpose: 'sign_in', identifier: null, userId, passed: [] }, shown, caller);
  }
}
