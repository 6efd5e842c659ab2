import { Controller, HttpCode, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { GuardedBy } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { TakenReports } from './dto/taken-reports.view.js';
import { REPORT_EXAMPLES } from './report-examples.js';
import { PROVIDERS } from './report-source.js';
import { ReportGuard } from './report.guard.js';
import { ReportsService } from './reports.service.js';

const DESCRIPTION = `For the webhook of a mail provider, in the provider's own form; docs/mail.md says what to click there. A provider that the
settings do not name has no path. Requests are signed by the provider: Amazon SNS by certificate, SendGrid by ECDSA, Mailgun and Resend by HMAC; Postmark
sends a password. At most 64 KiB. Bounces that are final, and complaints, mark the mail as bounced, as \`/v1/mail/bounces\` does; temporary
bounces and other events change nothing.`;

@ApiTags('Operations')
@Controller('v1/mail/bounces/:provider')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Post()
  @GuardedBy('mail-provider')
  @UseGuards(ReportGuard)
  // Postmark and Mailgun take no other status for a success.
  @HttpCode(200)
  @ApiOperation({ operationId: 'takeProviderReports', summary: 'Take the bounces of a mail provider', description: DESCRIPTION })
  @ApiParam({ name: 'provider', description: 'The mail provider.', enum: PROVIDERS, enumName: 'MailProvider', example: 'postmark' })
  @ApiConsumes('application/json', 'text/plain')
  @ApiBody({
    schema: {
      anyOf: [
        { type: 'object', additionalProperties: true },
        { type: 'array', items: { type: 'object', additionalProperties: true } },
      ],
    },
    examples: REPORT_EXAMPLES,
  })
  @ApiOkResponse({ type: TakenReports, description: 'The server took the request.' })
  @ApiProblem('access.unauthenticated', 'route.not_found', 'request.invalid')
  async takeProviderReports(@Param('provider') provider: string, @Req() { body }: FastifyRequest): Promise<TakenReports> {
    return { reports: await this.reports.take(provider, body as object) };
  }
}
