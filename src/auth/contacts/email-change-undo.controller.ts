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
      'By the link that the former address got, good for 7 days. The account has that address again, every session ends, and the old password opens nothing any more. Nobody is signed in. A password that is refused leaves the link as it was.',
  })
  @ApiNoContentResponse({ description: 'The address is back. Sign in with the new password, or follow the mail to choose one.' })
  @ApiProblem('request.throttled', 'challenge.invalid', 'challenge.expired', 'user.email_taken', 'server.busy')
  async undoEmailChange(@Body() { token, newPassword }: UndoEmailChange, @From() caller: Caller): Promise<void> {
    await this.undoing.undo(token, newPassword, caller);
  }
}
