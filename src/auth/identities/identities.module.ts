import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionsModule } from '../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AuthenticatorsModule } from '../authenticators/authenticators.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { DevicesModule } from '../devices/devices.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { IdentitiesRepository } from './identities.repository.js';
import { IdentitiesService } from './identities.service.js';
import { Identity } from './identity.entity.js';
import { ProviderProfiles } from './provider-profiles.service.js';

/** Accounts at providers that sign in to accounts here. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Identity]),
    AuthenticatorsModule,
    DevicesModule,
    MailedChallengesModule,
    ProvidersModule,
    SessionsModule,
    UsersModule,
  ],
  providers: [IdentitiesRepository, IdentitiesService, ProviderProfiles],
  exports: [IdentitiesService],
})
export class IdentitiesModule {}
