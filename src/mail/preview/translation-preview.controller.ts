import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../../common/access.js';
import { ADMIN_ONLY, ApiProblem } from '../../common/api-problem.js';
import { PreviewTranslation } from './dto/translation-preview.dto.js';
import { TranslationPreviewView, toTranslationPreviewView } from './dto/translation-preview.view.js';
import { TranslationPreviews } from './translation-previews.service.js';

/** How texts of an operator's own would read. */
@ApiTags('Translations')
@Controller('v1/translations/preview')
@Roles('admin')
export class TranslationPreviewController {
  constructor(private readonly previews: TranslationPreviews) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'previewTranslation',
    summary: 'Try a text of your own',
    description:
      'Checks the text as storing it would, and shows how it reads with invented values; a text of a mail in the whole mail, with all other texts and templates as they are now. Stores nothing.',
  })
  @ApiOkResponse({ type: TranslationPreviewView, description: 'How it would read.' })
  @ApiProblem('translation.locale_unknown', 'translation.key_unknown', ...ADMIN_ONLY)
  preview(@Body() { locale, key, text }: PreviewTranslation): TranslationPreviewView {
    return toTranslationPreviewView(this.previews.preview(locale, key, text));
  }
}
