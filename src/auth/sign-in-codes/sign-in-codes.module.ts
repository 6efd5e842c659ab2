import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { DevicesModule } from '../devices/devices.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { CodeAskers } from './code-askers.service.js';
import { SignInCodeAttempts } from './sign-in-code-attempts.service.js';
import { SignInCode } from './sign-in-code.entity.js';
import { SignInCodeMails } from './sign-in-code-mails.js';
import { SignInCodes } from './sign-in-codes.service.js';
import { SignInCodesRepository } from './sign-in-codes.repository.js';

/** Codes that sign-ins ask for. */
@Module({
  imports: [TypeOrmModule.forFeature([SignInCode]), ChallengesModule, DevicesModule, MailedChallengesModule, PasswordsModule],
  providers: [CodeAskers, SignInCodeAttempts, SignInCodeMails, SignInCodes, SignInCodesRepository],
  exports: [CodeAskers, SignInCodeAttempts, SignInCodes],
})
export class SignInCodesModule {}
