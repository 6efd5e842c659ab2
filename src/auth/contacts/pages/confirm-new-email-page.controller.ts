import { Body, Controller, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, From } from '../../../common/caller.js';
import { ShowsForm, TakesForm } from '../../challenges/link-page-routes.js';
import { type LinkPage, LinkPages } from '../../challenges/link-page.js';
import { EmailChangeService } from '../email-change.service.js';
import { ConfirmNewEmailForm } from './confirm-new-email.form.js';
import { PASSWORD_MENDS } from './password-mends.js';

/**
 * The page behind the link to a new address. It asks for the password: otherwise a stranger could put the reader's address, proven
 * by one careless click, to an account of their own.
 */
@ApiTags('Pages')
@Controller('account/confirm-new-email')
export class ConfirmNewEmailPageController {
  private readonly page: LinkPage<'confirm-new-email'> = {
    name: 'confirm-new-email',
    mends: PASSWORD_MENDS,
    view: async (form, problemOf) => ({
      ...(await this.changes.inspectLink(form.token)),
      ...form,
      passwordProblem: problemOf('password'),
    }),
  };

  constructor(
    private readonly changes: EmailChangeService,
    private readonly pages: LinkPages,
  ) {}

  @ShowsForm({
    operationId: 'showConfirmNewEmailPage',
    summary: 'Page of the link that confirms a new address',
    description: 'Asks for the password of the account. Opening the page does not redeem the link.',
  })
  show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.show(this.page, token, reply);
  }

  @TakesForm(
    {
      operationId: 'submitConfirmNewEmailPage',
      summary: 'Form of the page that confirms a new address',
      description: 'Gives the account the address of the link. The former address gets a notice and can undo the change.',
    },
    {
      200: 'The account has the new address.',
      401: 'The password is wrong; the page shows the form again.',
      403: 'The server takes no address of this domain any more.',
      409: 'Another account has taken the address meanwhile.',
      422: 'The password is missing, and the page shows the form again; or the form cannot be read.',
    },
  )
  submit(@Body() form: ConfirmNewEmailForm, @From() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { token, password } = form;
    return this.pages.submit(this.page, token, reply, async () => {
      const proof = password === undefined || password === '' ? null : { password };
      const { email } = await this.changes.confirmByLink(token, proof, caller);
      const view = { address: email, returnLink: await this.pages.returnLink(token) };
      return this.pages.done('new-email-confirmed', view, reply);
    });
  }
}
