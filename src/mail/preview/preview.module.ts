import { type DynamicModule, Module } from '@nestjs/common';
import type { Settings } from '../../config/settings.js';
import { MailTemplatesModule } from '../mail-templates.module.js';
import { usesMailbox } from '../mail.module.js';
import { LocalHostGuard } from '../mailbox/local-host.guard.js';
import { MailPreviews } from './mail-previews.js';
import { PreviewPagesController } from './preview-pages.controller.js';
import { PreviewPages } from './preview-pages.js';
import { TextMessagePreviews } from './text-message-previews.js';
import { TranslationPreviewController } from './translation-preview.controller.js';
import { TranslationPreviews } from './translation-previews.service.js';

/** Previews of texts for administrators; where there is a mailbox, also the page that shows every mail. */
@Module({})
export class PreviewModule {
  static register(settings: Settings): DynamicModule {
    const hasPage = usesMailbox(settings);
    return {
      module: PreviewModule,
      imports: [MailTemplatesModule],
      controllers: [TranslationPreviewController, ...(hasPage ? [PreviewPagesController] : [])],
      providers: [MailPreviews, TextMessagePreviews, TranslationPreviews, ...(hasPage ? [PreviewPages, LocalHostGuard] : [])],
    };
  }
}
