import { Body, Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, From } from '../../../common/caller.js';
import { write } from '../../../look/page-renderer.js';
import { lifetimeInWords } from '../../../mail/lifetime.js';
import { TakesForm } from '../../challenges/link-page-routes.js';
import { LinkPages } from '../../challenges/link-page.js';
import { DelayedResetMails } from '../delayed-reset-mails.service.js';
import { DelayedResetService } from '../delayed-reset.service.js';
import { LostFactorForm } from './lost-factor.form.js';

/** The second button of the reset page, for people who have lost their second factor. */
@ApiTags('Pages')
@Controller('account/reset-password/wait')
export class DelayResetPageController {
  constructor(
    private readonly delayed: DelayedResetService,
    private readonly mails: DelayedResetMails,
    private readonly pages: LinkPages,
  ) {}

  @TakesForm(
    {
      operationId: 'submitDelayResetPage',
      summary: 'Form of the reset page for a lost second factor',
      description: 'Uses the reset link up, and begins the wait for another one that needs no second factor; the owner is told by mail.',
    },
    {
      200: 'The wait has begun.',
      403: 'The account needs its second factor; an administrator can help.',
    },
  )
  async submit(
    @Body() { token }: LostFactorForm,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { address } = await this.delayed.request({ token }, caller);
    const wait = lifetimeInWords(this.mails.waitSeconds * 1_000, this.pages.localeOf(reply));
    const returnLink = await this.pages.returnLink(token);
    return write(reply, this.pages.done('reset-delayed', { address, wait, returnLink }, reply));
  }
}
