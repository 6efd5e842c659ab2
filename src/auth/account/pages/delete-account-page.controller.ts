import { Body, Controller, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, From } from '../../../common/caller.js';
import { FACTOR_MENDS, toShownFactor } from '../../authenticators/factor-field.js';
import { ShowsForm, TakesForm } from '../../challenges/link-page-routes.js';
import { type LinkPage, LinkPages } from '../../challenges/link-page.js';
import { AccountDeletionLinkService } from '../account-deletion-link.service.js';
import { DeleteAccountForm } from './delete-account.form.js';

/** The page behind the link that deletes an account. */
@ApiTags('Pages')
@Controller('account/delete-account')
export class DeleteAccountPageController {
  private readonly page: LinkPage<'delete-account'> = {
    name: 'delete-account',
    mends: FACTOR_MENDS,
    view: async (form, problemOf) => ({
      ...(await this.deletion.inspectLink(form.token)),
      ...form,
      factorProblem: problemOf('factor'),
    }),
  };

  constructor(
    private readonly deletion: AccountDeletionLinkService,
    private readonly pages: LinkPages,
  ) {}

  @ShowsForm({
    operationId: 'showDeleteAccountPage',
    summary: 'Page of the link that deletes an account',
    description: 'Shows what would be deleted. Opening the page neither deletes anything nor redeems the link.',
  })
  show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.show(this.page, token, reply);
  }

  @TakesForm(
    {
      operationId: 'submitDeleteAccountPage',
      summary: 'Form of the page that deletes an account',
      description:
        'Deletes the account of the link permanently, with all its data. Every session ends at once on every device. The page asks for the second factor of an account that requires one.',
    },
    {
      200: 'The account is deleted.',
      401: 'The code of the second factor is not right; the page shows the form again, and the link stays valid.',
      409: 'The account is the last administrator and cannot be deleted; the link stays valid.',
    },
  )
  submit(
    @Body() { token, factor }: DeleteAccountForm,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.pages.submit(this.page, token, reply, async () => {
      // Now: it goes with the account.
      const returnLink = await this.pages.returnLink(token);
      const address = await this.deletion.redeem(token, toShownFactor(factor), caller);
      return this.pages.done('account-deleted', { address, returnLink }, reply);
    });
  }
}
