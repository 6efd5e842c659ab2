import { Body, Controller, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Caller, From } from '../../../common/caller.js';
import { Settings } from '../../../config/settings.js';
import { Languages } from '../../../languages/languages.service.js';
import type { Locale } from '../../../languages/locales.js';
import { write } from '../../../look/page-renderer.js';
import { momentInWords } from '../../../mail/moment.js';
import { InvalidChallengeError } from '../../../tokens/challenges/errors.js';
import { ShowsForm, TakesForm } from '../../challenges/link-page-routes.js';
import { type LinkPage, LinkPages } from '../../challenges/link-page.js';
import type { NoticedAct } from '../../challenges/noticed-act.js';
import { DisavowalService } from '../disavowal.service.js';
import { DisavowForm } from './disavow.form.js';
import { TAKES_BACK, undoneText } from './disavowal-words.js';

/** The page behind "This wasn't me" in notices to owners. */
@ApiTags('Pages')
@Controller('account/disavow')
export class DisavowPageController {
  private readonly page: LinkPage<'disavow'> = {
    name: 'disavow',
    view: async ({ action, token }, _, locale) => {
      const { address, act } = await this.disavowal.inspectLink(token);
      const undoing = act.undo === null ? null : TAKES_BACK[act.undo.of];
      return { address, told: this.subjectOf(act, locale), undoing, locks: act.settled !== true, action, token };
    },
  };

  constructor(
    private readonly disavowal: DisavowalService,
    private readonly pages: LinkPages,
    private readonly languages: Languages,
    private readonly settings: Settings,
  ) {}

  @ShowsForm({
    operationId: 'showDisavowPage',
    summary: 'Page of the link "This wasn’t me"',
    description: 'Says what the button does. Opening the page neither changes anything nor redeems the link.',
  })
  show(@Query('token') token: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.unlessUsed(token, reply, () => this.pages.show(this.page, token, reply));
  }

  @TakesForm(
    {
      operationId: 'submitDisavowPage',
      summary: 'Form of the page "This wasn’t me"',
      description:
        'Takes the change back where that is safe, ends every session, open sign-in, code and link, locks the password, and mails a link to choose a new one.',
    },
    { 200: 'It is done, or was done before by this link.', 409: 'Somebody else has proven the number at that moment.' },
  )
  submit(@Body() { token }: DisavowForm, @From() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const act = () =>
      this.pages.submit(this.page, token, reply, async () => {
        const done = await this.disavowal.disavow(token, caller);
        const { address, next, dueAt } = done;
        const moment = dueAt === null ? null : momentInWords(dueAt, this.pages.localeOf(reply));
        const view = { address, undone: undoneText(done), moment, resetMailed: next === 'reset', isElsewhere: next === 'elsewhere' };
        return this.pages.done('disavowed', view, reply);
      });
    return this.unlessUsed(token, reply, act);
  }

  /** A link that was used says so: somebody in a hurry presses twice. */
  private async unlessUsed(token: unknown, reply: FastifyReply, answer: () => Promise<string>): Promise<string> {
    try {
      return await answer();
    } catch (error) {
      const isUsed = error instanceof InvalidChallengeError && typeof token === 'string' && (await this.disavowal.wasUsed(token));
      if (!isUsed) throw error;
      return write(reply, this.pages.done('disavowed-before', {}, reply));
    }
  }

  private subjectOf({ mail }: NoticedAct, locale: Locale): string {
    return this.languages.text(locale, `mail.${mail}.subject`, { appName: this.settings.APP_NAME });
  }
}
