import { Module } from '@nestjs/common';
import { UsersModule } from '../../../users/users.module.js';
import { MailedChallengesModule } from '../../challenges/mailed-challenges.module.js';
import { SignInModule } from '../../sign-in/sign-in.module.js';
import { SignInCodesModule } from '../../sign-in-codes/sign-in-codes.module.js';
import { SmsCodeFactor } from './sms-code-factor.service.js';
import { SmsCodeRecipients } from './sms-code-recipients.service.js';
import { SmsCodeRequests } from './sms-code-requests.service.js';
import { SmsCodeTexts } from './sms-code-texts.service.js';

/** Signing in by a code in a text message. */
@Module({
  imports: [MailedChallengesModule, SignInCodesModule, SignInModule, UsersModule],
  providers: [SmsCodeFactor, SmsCodeRecipients, SmsCodeRequests, SmsCodeTexts],
})
export class SmsCodeModule {}
