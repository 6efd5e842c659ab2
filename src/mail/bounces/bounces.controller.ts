import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiNoContentResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { GuardedBy } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { DeliveriesService } from '../deliveries.service.js';
import { MailReportBody } from './dto/mail-report.dto.js';
import { MAX_REPORTS, MailReportsPipe } from './mail-reports.pipe.js';
import { MailWebhookGuard } from './mail-webhook.guard.js';

const REPORT = { $ref: getSchemaPath(MailReportBody) };

const DESCRIPTION = `For the webhook of a mail provider, which sends the setting \`MAIL_WEBHOOK_TOKEN\` as its bearer token; without
that setting this path does not exist. Takes one report or a list, 64 KiB at most. The server marks the mail as bounced and does not send it again.
Sending a report twice changes nothing, and a report about an unknown mail is accepted like any other.`;

@ApiTags('Operations')
@Controller('v1/mail/bounces')
export class BouncesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Post()
  @GuardedBy('mail-webhook-token')
  @UseGuards(MailWebhookGuard)
  @HttpCode(204)
  @ApiOperation({ operationId: 'reportBounces', summary: 'Report bounced mails', description: DESCRIPTION })
  @ApiExtraModels(MailReportBody)
  @ApiBody({ schema: { anyOf: [REPORT, { type: 'array', items: REPORT, maxItems: MAX_REPORTS }] } })
  @ApiNoContentResponse({ description: 'The server accepted the report.' })
  @ApiProblem('access.unauthenticated', 'route.not_found', 'request.invalid')
  async reportBounces(@Body(MailReportsPipe) reports: MailReportBody[]): Promise<void> {
    for (const report of reports) await this.deliveries.note(report);
  }
}
