import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Roles } from '../../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { ETAG_HEADER, IF_MATCH_HEADER, IfMatch, toEtag } from '../../common/etag.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { LOCALE_DOC, ListTranslationsQuery, PutTranslation } from './dto/translation.dto.js';
import { TranslationListView, TranslationView, toTranslationView } from './dto/translation.view.js';
import type { Translation } from './translation.js';
import { TranslationsService } from './translations.service.js';

const LOCALE = { name: 'locale', ...LOCALE_DOC };
const KEY = { name: 'key', description: 'Name of the text.', example: 'mail.confirm-email.subject' };

/** Texts in words of the operator's own. */
@ApiTags('Translations')
@Controller('v1/translations')
@Roles('admin')
export class TranslationsController {
  constructor(private readonly translations: TranslationsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listTranslations',
    summary: 'List the texts of a language',
    description: 'All texts of mails, text messages and pages, with those of your own.',
  })
  @ApiOkResponse({ type: TranslationListView, description: 'The texts.' })
  @ApiProblem('translation.locale_unknown', ...ADMIN_ONLY)
  async list(@Query() { locale }: ListTranslationsQuery): Promise<TranslationListView> {
    return { data: (await this.translations.list(locale)).map(toTranslationView) };
  }

  @Get(':locale/:key')
  @ApiOperation({ operationId: 'getTranslation', summary: 'Read a text', description: 'Only a text of your own has an `ETag`.' })
  @ApiParam(LOCALE)
  @ApiParam(KEY)
  @ApiOkResponse({ type: TranslationView, description: 'The text.', headers: ETAG_HEADER })
  @ApiProblem('translation.locale_unknown', 'translation.key_unknown', ...ADMIN_ONLY)
  async get(
    @Param('locale') locale: string,
    @Param('key') key: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TranslationView> {
    return show(await this.translations.get(locale, key), reply);
  }

  @Put(':locale/:key')
  @ApiOperation({
    operationId: 'putTranslation',
    summary: 'Put a text of your own in the place of a shipped one',
    description:
      'All servers use it within seconds, for what they send and show from then on. Where it cannot be used, as after an upgrade that took a placeholder away, the shipped text is.',
  })
  @ApiParam(LOCALE)
  @ApiParam(KEY)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiOkResponse({ type: TranslationView, description: 'The text.', headers: ETAG_HEADER })
  @ApiProblem('translation.locale_unknown', 'translation.key_unknown', 'request.precondition_failed', ...ADMIN_ONLY)
  async put(
    @Param('locale') locale: string,
    @Param('key') key: string,
    @Body() { text }: PutTranslation,
    @IfMatch() versions: number[] | undefined,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TranslationView> {
    return show(await this.translations.put(locale, key, text, { actorId, caller }, versions), reply);
  }

  @Delete(':locale/:key')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteTranslation', summary: 'Use the shipped text again', description: 'Deletes the text of your own.' })
  @ApiParam(LOCALE)
  @ApiParam(KEY)
  @ApiHeader(IF_MATCH_HEADER)
  @ApiNoContentResponse({ description: 'The shipped text is used again.' })
  @ApiProblem(
    'translation.locale_unknown',
    'translation.key_unknown',
    'translation.not_found',
    'request.precondition_failed',
    ...ADMIN_ONLY,
  )
  async delete(
    @Param('locale') locale: string,
    @Param('key') key: string,
    @IfMatch() versions: number[] | undefined,
    @CurrentUser() { userId: actorId }: Principal,
    @From() caller: Caller,
  ): Promise<void> {
    await this.translations.delete(locale, key, { actorId, caller }, versions);
  }
}

function show(translation: Translation, reply: FastifyReply): TranslationView {
  if (translation.own !== null) void reply.header('etag', toEtag(translation.own.version));
  return toTranslationView(translation);
}
