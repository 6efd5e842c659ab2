import { Body, Controller, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, From } from '../../../common/caller.js';
import { Settings } from '../../../config/settings.js';
import { ShowsForm, TakesForm } from '../../challenges/link-page-routes.js';
import { type LinkPage, LinkPages } from '../../challenges/link-page.js';
import { InvitationAcceptance } from '../invitation-acceptance.service.js';
import { InvitedPasswords } from '../invited-passwords.service.js';
import { InvitationForm } from './invitation.form.js';

/** The page behind the link of an invitation: with a password, or without one. */
@ApiTags('Pages')
@Controller('account/invitation')
export class InvitationPageController {
  private readonly page: LinkPage<'invitation'> = {
    name: 'invitation',
    view: async (form, problemOf) => ({
      ...(await this.acceptance.inspect(form.token)),
      ...form,
      minPasswordLength: this.settings.PASSWORD_MIN_LENGTH,
      mailsCodes: this.passwords.areOptional,
      passwordProblem: problemOf('password'),
    }),
  };

  constructor(
    private readonly acceptance: InvitationAcceptance,
    private readonly passwords: InvitedPasswords,
    private readonly pages: LinkPages,
    private readonly settings: Settings,
  ) {}

  @ShowsForm({
    operationId: 'showInvitationPage',
    summary: 'Page of an invitation',
    description: 'Asks for a password, or none. Opening the page does not use the invitation up.',
  })
  show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.show(this.page, token, reply);
  }

  @TakesForm(
    {
      operationId: 'submitInvitationPage',
      summary: 'Form of the page of an invitation',
      description: 'Accepts the invitation as `POST /v1/invitations/accept` does without an access token. Signs nobody in.',
    },
    {
      200: 'The invitation is accepted.',
      403: 'The operator’s hook denies the account.',
      409: 'Somebody has an account with the address meanwhile, or it is disabled.',
      422: 'The password is rejected, and the page shows the form again; or the form cannot be read.',
    },
  )
  submit(
    @Body() { token, password }: InvitationForm,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.pages.submit(this.page, token, reply, async () => {
      const { account, hadAccount } = await this.acceptance.acceptByLink(token, password, caller);
      const view = { address: String(account.email), passwordSet: password !== undefined, hadAccount };
      return this.pages.done('invitation-accepted', view, reply);
    });
  }
}
