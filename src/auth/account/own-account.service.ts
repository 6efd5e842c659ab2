import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Principal } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Account, ProfileChanges } from '../../users/account.js';
import { ProfileService } from '../../users/profile.service.js';
import { FactorDemandService } from '../authenticators/factor-demand.service.js';
import { CredentialChange } from '../passwords/credential-change.service.js';

/** Edits that owners make to their accounts in one request. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly profiles: ProfileService,
    private readonly gate: CredentialChange,
    private readonly demand: FactorDemandService,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Changes all given fields, or none of them.
   * @throws what `ProfileService.change` throws; with `mfaRequired` what the gate and `FactorDemandService.change` throw
   */
  async change(user: Principal, { mfaRequired, ...profile }: ProfileChanges & { mfaRequired?: boolean }, caller: Caller): Promise<Account> {
    if (mfaRequired === undefined) return this.profiles.change(user.userId, profile, { caller });
    const authorization = await this.gate.authorize(user, 'factors', { session: 'recent' }, caller);
    return this.database.transaction(async () => {
      await this.demand.change(await this.gate.confirm(authorization), mfaRequired, caller);
      return this.profiles.change(user.userId, profile, { caller });
    });
  }
}
