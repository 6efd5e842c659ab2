import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { MailedChallengesModule } from '../challenges/mailed-challenges.module.js';
import { SignInCodeAttempts } from './sign-in-code-attempts.service.js';
import { SignInCode } from './sign-in-code.entity.js';
import { SignInCodeMails } from './sign-in-code-mails.js';
import { SignInCodes } from './sign-in-codes.service.js';
import { SignInCodesRepository } from './sign-in-codes.repository.js';

/** Codes that sign-ins ask for. */
@Module({
  imports: [TypeOrmModule.forFeature([SignInCode]), ChallengesModule, MailedChallengesModule],
  providers: [SignInCodeAttempts, SignInCodeMails, SignInCodes, SignInCodesRepository],
  exports: [SignInCodeAttempts, SignInCodes],
})
export class SignInCodesModule {}
