import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Account } from '../../../users/account.js';
import type { Caller } from '../../../common/caller.js';
import { UsersService } from '../../../users/users.service.js';
import { InvalidFactorError } from '../../authenticators/errors.js';
import { FactorTries } from '../../authenticators/factor-tries.service.js';
import { RecoveryCodesService } from '../../authenticators/recovery-codes.service.js';
import type { Factor, FactorAnswer, FactorOffer, PassedFactor, SignInState } from '../factor.js';
import { FactorRegistry } from '../factor-registry.service.js';

/** A recovery code as a second factor. The session that it opens may only put the account's authenticators right. */
@Injectable()
export class RecoveryCodeFactor implements Factor, OnModuleInit {
  readonly type = 'recovery_code';
  readonly roles = ['second'] as const;

  constructor(
    private readonly codes: RecoveryCodesService,
    private readonly users: UsersService,
    private readonly tries: FactorTries,
    private readonly registry: FactorRegistry,
  ) {}

  onModuleInit(): void {
    this.registry.add(this);
  }

  answers({ recoveryCode }: FactorAnswer): boolean {
    return recoveryCode !== undefined;
  }

  async offersOf({ id: userId }: Account): Promise<FactorOffer[]> {
    return (await this.codes.countLeft(userId)) > 0 ? [{ type: this.type, role: 'second' }] : [];
  }

  /** @throws InvalidFactorError, FactorThrottledError; BusyError after a long wait */
  async attempt({ userId }: SignInState, { recoveryCode }: FactorAnswer, caller: Caller): Promise<PassedFactor> {
    // Before the first factor nobody is known whose code it could be, and nobody's tries are used up.
    if (userId === null || recoveryCode === undefined) throw new InvalidFactorError();
    return this.tries.counted(this.type, userId, caller, async () => {
      const account = await this.users.findById(userId);
      if (account === null) throw new InvalidFactorError();
      await this.codes.use(account, recoveryCode, caller);
      return { type: this.type, userId, authenticatorId: null, methods: ['kba'], level: 1 };
    });
  }
}
