import { Readable } from 'node:stream';
import { Controller, Get, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SignedIn } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { AccountExportService } from './account-export.service.js';
import { AccountExportView } from './dto/account-export.view.js';
import { writeAccountExport } from './export-document.js';

@ApiTags('Users')
@Controller('v1/users/me/export')
export class AccountExportController {
  constructor(private readonly exports: AccountExportService) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'exportCurrentUser',
    summary: 'Export my data',
    description:
      'One JSON document as a download: the account, its sessions, mails, codes and audit events, complete and without secrets. The server streams the document from the database, so an interrupted answer is not valid JSON.',
  })
  @ApiOkResponse({
    type: AccountExportView,
    description: 'The export.',
    headers: {
      'Content-Disposition': {
        description: 'Makes browsers save the answer as a file.',
        schema: { type: 'string', example: 'attachment; filename="account.json"' },
      },
    },
  })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked', 'user.not_found', 'request.throttled')
  async exportCurrentUser(@CurrentUser() user: Principal, @From() caller: Caller): Promise<StreamableFile> {
    const found = await this.exports.export(user.userId, caller);
    return new StreamableFile(Readable.from(writeAccountExport(found, new Date()), { objectMode: false }), {
      type: 'application/json; charset=utf-8',
      disposition: 'attachment; filename="account.json"',
    });
  }
}
