import { Module } from '@nestjs/common';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { UsersModule } from '../../users/users.module.js';
import { AuthenticatorsModule } from '../authenticators/authenticators.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { PasskeysModule } from '../factors/passkeys/passkeys.module.js';
import { IdentitiesModule } from '../identities/identities.module.js';
import { LostFactorsModule } from '../lost-factors/lost-factors.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { ActUndoing } from './act-undoing.service.js';
import { DisavowalController } from './disavowal.controller.js';
import { DisavowalService } from './disavowal.service.js';
import { DisavowPageController } from './pages/disavow-page.controller.js';
import { SafetyBrake } from './safety-brake.service.js';

/** "This wasn't me": what its owner does about an act on an account that a mail told of. */
@Module({
  imports: [
    AuthenticatorsModule,
    ChallengesModule,
    IdentitiesModule,
    LostFactorsModule,
    MailedChallengesModule,
    PasskeysModule,
    PasswordsModule,
    UsersModule,
  ],
  controllers: [DisavowalController, DisavowPageController],
  providers: [ActUndoing, DisavowalService, SafetyBrake],
})
export class DisavowalModule {}
