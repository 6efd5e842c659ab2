import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { UndoEmailChange } from './dto/email-change.dto.js';
import { EmailChangeUndoService } from './email-change-undo.service.js';

@ApiTags('Auth')
@Controller('v1/auth/email/undo')
export class EmailChangeUndoController {
  constructor(private readonly undoing: EmailChangeUndoService) {}

  @Post()
  @Public()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'undoEmailChange',
    summary: 'Undo a change of the e-mail address',
    description:
      'Send the token of the link that the former address received; it is valid for 7 days. The account gets that address back, every session ends, and the old password stops working. The request signs nobody in. A rejected password leaves the link usable.',
  })
  @ApiNoContentResponse({
    description: 'The account has its former address again. Sign in with the new password, or follow the mail to choose one.',
  })
  @ApiProblem('request.throttled', 'challenge.invalid', 'challenge.expired', 'user.email_taken', 'server.busy')
  async undoEmailChange(@Body() { token, newPassword }: UndoEmailChange, @From() caller: Caller): Promise<void> {
    await this.undoing.undo(token, newPassword, caller);
  }
}
