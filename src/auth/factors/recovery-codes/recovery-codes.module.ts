import { Module } from '@nestjs/common';
import { UsersModule } from '../../../users/users.module.js';
import { AuthenticatorsModule } from '../../authenticators/authenticators.module.js';
import { SignInModule } from '../../sign-in/sign-in.module.js';
import { RecoveryCodeFactor } from './recovery-code-factor.service.js';

/** Recovery codes, asked for at sign-ins. */
@Module({ imports: [AuthenticatorsModule, SignInModule, UsersModule], providers: [RecoveryCodeFactor] })
export class RecoveryCodesModule {}
