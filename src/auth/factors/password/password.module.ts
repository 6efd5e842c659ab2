import { Module } from '@nestjs/common';
import { SessionsModule } from '../../../tokens/sessions/sessions.module.js';
import { DevicesModule } from '../../devices/devices.module.js';
import { SignInModule } from '../../sign-in/sign-in.module.js';
import { PasswordFactor } from './password-factor.service.js';
import { SignInController } from './sign-in.controller.js';

/** The password as a factor, and the sign-in by it in one step. */
@Module({ imports: [DevicesModule, SessionsModule, SignInModule], controllers: [SignInController], providers: [PasswordFactor] })
export class PasswordModule {}
