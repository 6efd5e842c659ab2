import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import { InvalidRequestError } from '../../../common/errors.js';
import type { Factor, FactorAnswer, FactorOffer, PassedFactor, SignInState } from '../factor.js';
import { FactorRegistry } from '../factor-registry.service.js';
import { PasswordProofService } from '../../sign-in/password-proof.service.js';

/** The password as a first factor. */
@Injectable()
export class PasswordFactor implements Factor, OnModuleInit {
  readonly type = 'password';
  readonly roles = ['first'] as const;

  constructor(
    private readonly passwords: PasswordProofService,
    private readonly registry: FactorRegistry,
  ) {}

  onModuleInit(): void {
    this.registry.add(this);
  }

  answers({ password }: FactorAnswer): boolean {
    return password !== undefined;
  }

  async offersOf(): Promise<FactorOffer[]> {
    return [];
  }

  async attempt(signIn: SignInState, { password = '', identifier }: FactorAnswer, caller: Caller): Promise<PassedFactor> {
    const typed = signIn.identifier ?? identifier;
    if (signIn.userId !== null) return this.passed(await this.passwords.proveById(signIn.userId, password, caller));
    if (typed === undefined) throw InvalidRequestError.field('identifier', 'required', 'Send the identifier of the account, too.');
    return this.passed(await this.passwords.prove(typed, password, caller));
  }

  private passed({ passed: [factor], epoch }: { passed: readonly PassedFactor[]; epoch: number }): PassedFactor {
    if (factor === undefined) throw new Error('A proof by password has one factor');
    // Comparing it takes a while.
    return { ...factor, epoch };
  }
}
