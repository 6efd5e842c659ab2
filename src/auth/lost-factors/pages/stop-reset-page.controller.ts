import { Body, Controller, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, From } from '../../../common/caller.js';
import { ShowsForm, TakesForm } from '../../challenges/link-page-routes.js';
import { type LinkPage, LinkPages } from '../../challenges/link-page.js';
import { DelayedResetService } from '../delayed-reset.service.js';
import { LostFactorForm } from './lost-factor.form.js';

/** The page behind the link that stops a reset without the second factor. */
@ApiTags('Pages')
@Controller('account/stop-reset')
export class StopResetPageController {
  private readonly page: LinkPage<'stop-reset'> = {
    name: 'stop-reset',
    view: async (form) => ({ ...(await this.delayed.inspectStop(form.token)), ...form }),
  };

  constructor(
    private readonly delayed: DelayedResetService,
    private readonly pages: LinkPages,
  ) {}

  @ShowsForm({
    operationId: 'showStopResetPage',
    summary: 'Page of the link that stops a reset without the second factor',
    description: 'Asks for confirmation. Opening the page neither stops anything nor redeems the link.',
  })
  show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.show(this.page, token, reply);
  }

  @TakesForm(
    {
      operationId: 'submitStopResetPage',
      summary: 'Form of the page that stops a reset',
      description: 'The reset does not take effect; the password and the second factors of the account stay as they are.',
    },
    { 200: 'The reset is stopped.' },
  )
  submit(@Body() { token }: LostFactorForm, @From() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.submit(this.page, token, reply, async () => {
      const address = await this.delayed.stop(token, caller);
      return this.pages.done('reset-stopped', { address }, reply);
    });
  }
}
