import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OutboundModule } from '../../outbound/outbound.module.js';
import { ReportToken } from './report-token.entity.js';
import { ReportTokensRepository } from './report-tokens.repository.js';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';
import { MailgunSource } from './sources/mailgun.source.js';
import { PostmarkSource } from './sources/postmark.source.js';
import { ResendSource } from './sources/resend.source.js';
import { SendGridSource } from './sources/sendgrid.source.js';
import { SesSource } from './sources/ses.source.js';
import { SnsCertificates } from './sources/sns-certificates.js';

/** Bounces and complaints in the words of mail providers. */
@Module({
  imports: [OutboundModule, TypeOrmModule.forFeature([ReportToken])],
  controllers: [ReportsController],
  providers: [
    ReportsService,
    ReportTokensRepository,
    SnsCertificates,
    SesSource,
    PostmarkSource,
    SendGridSource,
    MailgunSource,
    ResendSource,
  ],
})
export class ReportsModule {}
