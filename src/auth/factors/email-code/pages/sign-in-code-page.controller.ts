import { Body, Controller, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, From } from '../../../../common/caller.js';
import { demandOwnPage } from '../../../challenges/own-page.js';
import { ShowsForm, TakesForm } from '../../../challenges/link-page-routes.js';
import { type LinkPage, LinkPages } from '../../../challenges/link-page.js';
import { DeviceCookie } from '../../../devices/device-cookie.js';
import { SignInAnswer } from '../../../sign-in/sign-in-answer.js';
import { Settings } from '../../../../config/settings.js';
import { EmailCodeLinks } from '../email-code-links.service.js';
import { SignInCodeForm } from './sign-in-code.form.js';

/** The page behind the link of a mail to sign in: the code, and a button to sign in here instead. */
@ApiTags('Pages')
@Controller('account/sign-in')
export class SignInCodePageController {
  private readonly page: LinkPage<'sign-in-code'> = {
    name: 'sign-in-code',
    view: async (form) => {
      const { address, code, leadsTo } = await this.links.inspect(form.token);
      return { ...form, address, code: `${code.slice(0, 4)} ${code.slice(4)}`, host: leadsTo?.host ?? null };
    },
  };

  constructor(
    private readonly links: EmailCodeLinks,
    private readonly pages: LinkPages,
    private readonly answer: SignInAnswer,
    private readonly devices: DeviceCookie,
    private readonly settings: Settings,
  ) {}

  @ShowsForm({
    operationId: 'showSignInCodePage',
    summary: 'Page of the link to sign in',
    description:
      'Shows the code of the mail for the browser that waits for it. Opening the page does not redeem the link, and never completes the sign-in that waits.',
  })
  show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.show(this.page, token, reply);
  }

  @TakesForm(
    {
      operationId: 'submitSignInCodePage',
      summary: 'Form of the page to sign in',
      description:
        'Begins a sign-in of its own in this browser, in cookie mode, for links that an app asked for in cookie mode with a `returnTo`. The page leads there: signed in, or with `?sign_in=` and the id of the sign-in, which the app reads with the cookie, if the account needs more. The code of the mail is used up.',
    },
    {
      200: 'This browser is signed in, or goes on in the app.',
      403: 'The form was sent by another site, or the account may not sign in.',
    },
  )
  submit(
    @Body() { token }: SignInCodeForm,
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.pages.submit(this.page, token, reply, async () => {
      // Somebody else's link would sign this browser in to their account.
      demandOwnPage(request, this.settings);
      const { address, outcome, returnLink } = await this.links.signInHere(token, this.devices.read(request), caller);
      await this.answer.of(outcome, request, reply, caller);
      return this.pages.done(outcome.status === 'complete' ? 'signed-in-here' : 'signed-in-partly', { address, returnLink }, reply);
    });
  }
}
