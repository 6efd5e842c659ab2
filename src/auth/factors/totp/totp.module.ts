import { Module } from '@nestjs/common';
import { AuthenticatorsModule } from '../../authenticators/authenticators.module.js';
import { PasswordsModule } from '../../passwords/passwords.module.js';
import { SignInModule } from '../../sign-in/sign-in.module.js';
import { SignInTotpController } from './sign-in-totp.controller.js';
import { TotpCodes } from './totp-codes.service.js';
import { TotpController } from './totp.controller.js';
import { TotpEnrollment } from './totp-enrollment.service.js';
import { TotpFactor } from './totp-factor.service.js';
import { TotpSetup } from './totp-setup.service.js';

/** Authenticator apps: set up by their owners, asked for at sign-ins. */
@Module({
  imports: [AuthenticatorsModule, PasswordsModule, SignInModule],
  controllers: [SignInTotpController, TotpController],
  providers: [TotpCodes, TotpEnrollment, TotpFactor, TotpSetup],
})
export class TotpModule {}
