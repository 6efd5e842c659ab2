import { Module } from '@nestjs/common';
import { HooksModule } from '../../hooks/hooks.module.js';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { AccountTransferModule } from '../../users/transfer/account-transfer.module.js';
import { UsersModule } from '../../users/users.module.js';
import { LegacyAdoption } from './legacy-adoption.service.js';
import { LegacyVerifier } from './legacy-verifier.service.js';

/** The old system: asks it about passwords, and stores what it confirmed. */
@Module({
  imports: [AccountTransferModule, HooksModule, MetricsModule, UsersModule],
  providers: [LegacyAdoption, LegacyVerifier],
  exports: [LegacyAdoption, LegacyVerifier],
})
export class LegacyModule {}
