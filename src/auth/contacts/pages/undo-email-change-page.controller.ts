import { Body, Controller, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, From } from '../../../common/caller.js';
import { Settings } from '../../../config/settings.js';
import { ShowsForm, TakesForm } from '../../challenges/link-page-routes.js';
import { type LinkPage, LinkPages } from '../../challenges/link-page.js';
import { EmailChangeUndoService } from '../email-change-undo.service.js';
import { UndoEmailChangeForm } from './undo-email-change.form.js';

/** The page behind the link that the former address of an account gets: whoever reads its mail takes the account back. */
@ApiTags('Pages')
@Controller('account/undo-email-change')
export class UndoEmailChangePageController {
  private readonly page: LinkPage<'undo-email-change'> = {
    name: 'undo-email-change',
    view: async (form, problemOf) => ({
      ...(await this.undoing.inspectLink(form.token)),
      ...form,
      minPasswordLength: this.settings.PASSWORD_MIN_LENGTH,
      newPasswordProblem: problemOf('newPassword'),
    }),
  };

  constructor(
    private readonly undoing: EmailChangeUndoService,
    private readonly pages: LinkPages,
    private readonly settings: Settings,
  ) {}

  @ShowsForm({
    operationId: 'showUndoEmailChangePage',
    summary: 'Page of the link that undoes a change of the e-mail address',
    description: 'Asks for a new password. Opening the page does not redeem the link.',
  })
  show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.show(this.page, token, reply);
  }

  @TakesForm(
    {
      operationId: 'submitUndoEmailChangePage',
      summary: 'Form of the page that undoes a change',
      description:
        'The account gets its former address back, every session ends and the old password stops working. Without `newPassword` the server mails a link to choose one.',
    },
    {
      200: 'The change is undone.',
      409: 'Another account has the address.',
      422: 'The new password is rejected, and the page shows the form again; or the form cannot be read.',
    },
  )
  submit(@Body() form: UndoEmailChangeForm, @From() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { token, newPassword } = form;
    return this.pages.submit(this.page, token, reply, async () => {
      const address = await this.undoing.undo(token, newPassword, caller);
      return this.pages.done('email-change-undone', { address, passwordSet: newPassword !== undefined }, reply);
    });
  }
}
