import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { IdentitiesModule } from '../auth/identities/identities.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { DirectoryModule } from '../users/directory/directory.module.js';
import { UsersModule } from '../users/users.module.js';
import { StandingAdministrationService } from './standing-administration.service.js';
import { UserAdministrationService } from './user-administration.service.js';
import { UserSignInController } from './user-sign-in.controller.js';
import { UserMetadataController } from './user-metadata.controller.js';
import { UserStandingController } from './user-standing.controller.js';
import { FactorResetModule } from './factor-reset.module.js';
import { UserAuthenticatorsController } from './user-authenticators.controller.js';
import { UsersAdministrationController } from './users-administration.controller.js';

/** Routes by which administrators manage accounts. The routes that read the audit log are in `audit`. */
@Module({
  imports: [IdempotencyModule, AuthModule, DirectoryModule, FactorResetModule, IdentitiesModule, TokensModule, UsersModule],
  controllers: [
    UsersAdministrationController,
    UserStandingController,
    UserSignInController,
    UserAuthenticatorsController,
    UserMetadataController,
  ],
  providers: [StandingAdministrationService, UserAdministrationService],
})
export class AdministrationModule {}
