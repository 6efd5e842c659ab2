import { Module } from '@nestjs/common';
import { AccessModule } from '../../tokens/access/access.module.js';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { SessionsModule } from '../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../users/users.module.js';
import { PasswordChangeController } from './password-change.controller.js';
import { CredentialChange } from './credential-change.service.js';
import { LegacyModule } from '../legacy/legacy.module.js';
import { LegacyPasswords } from './legacy-passwords.service.js';
import { FirstProof } from './first-proof.service.js';
import { IdentitiesModule } from '../identities/identities.module.js';
import { MailboxTakeover } from './mailbox-takeover.service.js';
import { ForcedResetService } from './forced-reset.service.js';
import { NewPasswords } from './new-passwords.service.js';
import { OwnerNetworks } from './owner-networks.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordCheck } from './password-check.service.js';
import { PasswordHasher } from './password-hasher.service.js';
import { PasswordLocks } from './password-locks.service.js';
import { PasswordPolicy } from './password-policy.service.js';
import { PasswordReplacement } from './password-replacement.service.js';
import { PasswordTries } from './password-tries.service.js';
import { AuthenticatorsModule } from '../authenticators/authenticators.module.js';
import { ResetChannels } from './reset-channels.service.js';
import { TakeoverService } from './takeover.service.js';

/** Passwords: compared, changed, taken over. */
@Module({
  imports: [
    AccessModule,
    AuthenticatorsModule,
    ChallengesModule,
    IdentitiesModule,
    LegacyModule,
    MailedChallengesModule,
    SessionsModule,
    UsersModule,
  ],
  controllers: [PasswordChangeController],
  providers: [
    CredentialChange,
    FirstProof,
    ForcedResetService,
    LegacyPasswords,
    MailboxTakeover,
    NewPasswords,
    OwnerNetworks,
    PasswordChangeService,
    PasswordCheck,
    PasswordHasher,
    PasswordLocks,
    PasswordPolicy,
    PasswordReplacement,
    PasswordTries,
    ResetChannels,
    TakeoverService,
  ],
  exports: [
    CredentialChange,
    ForcedResetService,
    MailboxTakeover,
    NewPasswords,
    OwnerNetworks,
    PasswordChangeService,
    PasswordCheck,
    PasswordHasher,
    PasswordLocks,
    PasswordPolicy,
    PasswordReplacement,
    ResetChannels,
    TakeoverService,
  ],
})
export class PasswordsModule {}
