import { Module } from '@nestjs/common';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { UsersModule } from '../../users/users.module.js';
import { ChallengeMailSecrets } from './challenge-mail-secrets.js';
import { CodeAlarm } from './code-alarm.service.js';
import { LinkPages } from './link-page.js';
import { LinkPlaces } from './link-places.js';
import { MailBudget } from './mail-budget.service.js';
import { MobileCodes } from './mobile-codes.service.js';
import { MailedChallenges } from './mailed-challenges.service.js';
import { OwnerNotices } from './owner-notices.service.js';
import { ReturnUrls } from './return-urls.service.js';

/** Codes and links that go out by mail or text message, the pages behind the links, and notices to the owner of an account. */
@Module({
  imports: [ChallengesModule, MetricsModule, UsersModule],
  providers: [ChallengeMailSecrets, CodeAlarm, LinkPages, LinkPlaces, MailBudget, MailedChallenges, MobileCodes, OwnerNotices, ReturnUrls],
  exports: [CodeAlarm, LinkPages, LinkPlaces, MailBudget, MailedChallenges, MobileCodes, OwnerNotices, ReturnUrls],
})
export class MailedChallengesModule {}
