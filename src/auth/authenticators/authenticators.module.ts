import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { SessionsModule } from '../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { DevicesModule } from '../devices/devices.module.js';
import { AuthenticatorDetails } from './authenticator-details.service.js';
import { Authenticator } from './authenticator.entity.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';
import { AuthenticatorsService } from './authenticators.service.js';
import { FactorDemandService } from './factor-demand.service.js';
import { FactorPolicy } from './factor-policy.service.js';
import { FactorWaivers } from './factor-waivers.service.js';
import { FactorTries } from './factor-tries.service.js';
import { OtherWaysIn } from './other-ways-in.service.js';
import { RecoveryCode } from './recovery-code.entity.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorCheck } from './second-factor-check.service.js';
import { TotpSecrets } from './totp-secrets.service.js';

/** What accounts prove themselves by beside a password, and who needs it. The rooms of the factors know how each works. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Authenticator, RecoveryCode]),
    ChallengesModule,
    DevicesModule,
    MailedChallengesModule,
    SessionsModule,
    UsersModule,
  ],
  providers: [
    AuthenticatorDetails,
    AuthenticatorsRepository,
    AuthenticatorsService,
    FactorDemandService,
    FactorPolicy,
    FactorTries,
    FactorWaivers,
    OtherWaysIn,
    RecoveryCodesRepository,
    RecoveryCodesService,
    SecondFactorCheck,
    TotpSecrets,
  ],
  exports: [
    AuthenticatorDetails,
    AuthenticatorsService,
    FactorDemandService,
    FactorPolicy,
    FactorTries,
    FactorWaivers,
    OtherWaysIn,
    RecoveryCodesService,
    SecondFactorCheck,
    TotpSecrets,
  ],
})
export class AuthenticatorsModule {}
