import { Body, Controller, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, From } from '../../../common/caller.js';
import { ShowsForm, TakesForm } from '../../challenges/link-page-routes.js';
import { type LinkPage, LinkPages } from '../../challenges/link-page.js';
import { EmailVerificationService } from '../email-verification.service.js';
import { ConfirmEmailForm } from './confirm-email.form.js';
import { PASSWORD_MENDS } from './password-mends.js';

/** The page behind the link of a confirmation mail. */
@ApiTags('Pages')
@Controller('account/confirm-email')
export class ConfirmEmailPageController {
  private readonly page: LinkPage<'confirm-email'> = {
    name: 'confirm-email',
    mends: PASSWORD_MENDS,
    view: async (form, problemOf) => ({
      ...(await this.verification.inspectLink(form.token)),
      ...form,
      passwordProblem: problemOf('password'),
      newPasswordProblem: problemOf('newPassword'),
    }),
  };

  constructor(
    private readonly verification: EmailVerificationService,
    private readonly pages: LinkPages,
  ) {}

  @ShowsForm({
    operationId: 'showConfirmEmailPage',
    summary: 'Page of the confirmation link',
    description: 'Asks for the password of the account, or for a new one. Opening the page does not redeem the link.',
  })
  show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.show(this.page, token, reply);
  }

  @TakesForm(
    {
      operationId: 'submitConfirmEmailPage',
      summary: 'Form of the confirmation page',
      description:
        'Confirms the address of the link. With `password` the account stays as it is; with `newPassword` the reader of the mail takes over the account, and every session ends.',
    },
    {
      200: 'The address is confirmed.',
      401: 'The password is wrong; the page shows the form again.',
      422: 'A password is missing or rejected, and the page shows the form again; or the form cannot be read.',
    },
  )
  submit(@Body() form: ConfirmEmailForm, @From() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { token, password, newPassword } = form;
    return this.pages.submit(this.page, token, reply, async () => {
      const { email } = await this.verification.confirmOnPage(token, { password: password || undefined, newPassword }, caller);
      const returnLink = await this.pages.returnLink(token);
      const view = { address: email, tookOver: newPassword !== undefined, returnLink };
      return this.pages.done('email-confirmed', view, reply);
    });
  }
}
