import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionsModule } from '../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { Authenticator } from './authenticator.entity.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';
import { AuthenticatorsService } from './authenticators.service.js';
import { FactorPolicy } from './factor-policy.service.js';
import { FactorWaivers } from './factor-waivers.service.js';
import { SecondFactorCheck } from './second-factor-check.service.js';

/** What accounts prove themselves by beside a password, and who needs it. The rooms of the factors know how each works. */
@Module({
  imports: [TypeOrmModule.forFeature([Authenticator]), SessionsModule, UsersModule],
  providers: [AuthenticatorsRepository, AuthenticatorsService, FactorPolicy, FactorWaivers, SecondFactorCheck],
  exports: [AuthenticatorsService, FactorPolicy, FactorWaivers, SecondFactorCheck],
})
export class AuthenticatorsModule {}
