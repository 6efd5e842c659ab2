import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import type { Account } from '../../../users/account.js';
import { AuthenticatorsService } from '../../authenticators/authenticators.service.js';
import { InvalidFactorError } from '../../authenticators/errors.js';
import { FactorTries } from '../../authenticators/factor-tries.service.js';
import type { Factor, FactorAnswer, FactorOffer, PassedFactor, SignInState } from '../factor.js';
import { IS_STILL_OWN } from '../../authenticators/holding.js';
import { FactorRegistry } from '../factor-registry.service.js';
import { TotpCodes, passedBy } from './totp-codes.service.js';

/** The code of an authenticator app as a second factor. */
@Injectable()
export class TotpFactor implements Factor, OnModuleInit {
  readonly type = 'totp';
  readonly roles = ['second'] as const;
  readonly enrolls = true;
  readonly holds = IS_STILL_OWN;

  constructor(
    private readonly authenticators: AuthenticatorsService,
    private readonly codes: TotpCodes,
    private readonly tries: FactorTries,
    private readonly registry: FactorRegistry,
  ) {}

  onModuleInit(): void {
    this.registry.add(this);
  }

  answers({ totp }: FactorAnswer): boolean {
    return totp !== undefined;
  }

  async offersOf({ id: userId, factors }: Account): Promise<FactorOffer[]> {
    const apps = factors.includes(this.type) ? await this.appsOf(userId) : [];
    return apps.map(({ id, name }) => ({ type: this.type, role: 'second', name, authenticatorId: id }));
  }

  /** @throws InvalidFactorError, FactorThrottledError; BusyError after a long wait */
  async attempt({ userId }: SignInState, { totp }: FactorAnswer, caller: Caller): Promise<PassedFactor> {
    // Before the first factor nobody is known whose code it could be, and nobody's tries are used up.
    if (userId === null || totp === undefined) throw new InvalidFactorError();
    return this.tries.counted(this.type, userId, caller, async () => {
      const authenticatorId = await this.codes.use(userId, await this.appsOf(userId), totp);
      if (authenticatorId === null) throw new InvalidFactorError();
      return passedBy(userId, authenticatorId);
    });
  }

  private async appsOf(userId: string) {
    return (await this.authenticators.list(userId)).filter(({ type }) => type === 'totp');
  }
}
