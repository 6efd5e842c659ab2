import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { SignInCode } from './sign-in-code.entity.js';
import { SignInCodeMails } from './sign-in-code-mails.js';
import { SignInCodes } from './sign-in-codes.service.js';
import { SignInCodesRepository } from './sign-in-codes.repository.js';

/** Codes that sign-ins ask for. */
@Module({
  imports: [TypeOrmModule.forFeature([SignInCode]), ChallengesModule],
  providers: [SignInCodeMails, SignInCodes, SignInCodesRepository],
  exports: [SignInCodes],
})
export class SignInCodesModule {}
