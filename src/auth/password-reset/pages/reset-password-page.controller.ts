import { Body, Controller, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, From } from '../../../common/caller.js';
import { Settings } from '../../../config/settings.js';
import { lifetimeInWords } from '../../../mail/lifetime.js';
import { FACTOR_MENDS, toShownFactor } from '../../authenticators/factor-field.js';
import { ShowsForm, TakesForm } from '../../challenges/link-page-routes.js';
import { type LinkPage, LinkPages } from '../../challenges/link-page.js';
import { PasswordResetService } from '../password-reset.service.js';
import { ResetPasswordForm } from './reset-password.form.js';

/** The page behind the link of a reset mail. */
@ApiTags('Pages')
@Controller('account/reset-password')
export class ResetPasswordPageController {
  private readonly page: LinkPage<'reset-password'> = {
    name: 'reset-password',
    mends: FACTOR_MENDS,
    view: async (form, problemOf, locale) => {
      const { canWait, ...inspected } = await this.resets.inspectLink(form.token);
      return {
        ...inspected,
        ...form,
        newPasswordProblem: problemOf('newPassword'),
        factorProblem: problemOf('factor'),
        waitAction: canWait ? `${form.action}/wait` : null,
        wait: lifetimeInWords(this.settings.RESET_WITHOUT_FACTOR_HOURS * 3_600_000, locale),
      };
    },
  };

  constructor(
    private readonly resets: PasswordResetService,
    private readonly pages: LinkPages,
    private readonly settings: Settings,
  ) {}

  @ShowsForm({
    operationId: 'showResetPasswordPage',
    summary: 'Page of the reset link',
    description: 'Asks for a new password. Opening the page does not redeem the link.',
  })
  show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.show(this.page, token, reply);
  }

  @TakesForm(
    {
      operationId: 'submitResetPasswordPage',
      summary: 'Form of the reset page',
      description:
        'Sets the new password, by the policy of the API through which the link was asked for. Every session of the account ends, and the server mails a notice. The reset signs nobody in. The page asks for the second factor of an account that requires one.',
    },
    {
      200: 'The server has set the new password.',
      401: 'The code of the second factor is not right; the page shows the form again, and the link stays valid.',
      422: 'The new password is rejected, and the page shows the form again; or the form cannot be read.',
    },
  )
  submit(@Body() form: ResetPasswordForm, @From() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { token, newPassword, factor } = form;
    return this.pages.submit(this.page, token, reply, async () => {
      await this.resets.reset({ token }, newPassword, caller, {
        policy: await this.resets.policyOfLink(token),
        ...toShownFactor(factor),
        mayWaive: true,
      });
      return this.pages.done('password-reset', { returnLink: await this.pages.returnLink(token) }, reply);
    });
  }
}
