import { Module } from '@nestjs/common';
import { Catalogue } from '../common/catalogue.js';
import { Settings } from '../config/settings.js';
import { LanguagesModule } from '../languages/languages.module.js';
import { Languages } from '../languages/languages.service.js';
import { TemplatesDir } from '../languages/templates-dir.js';
import { HandlebarsAdapter } from './handlebars.adapter.js';
import { MailSamples } from './writing/mail-samples.js';
import { MailWriter } from './writing/mail-writer.js';
import { readOwnTemplates } from './writing/own-templates.js';

/** What mails say and how they look, without their delivery. */
@Module({
  imports: [LanguagesModule],
  providers: [
    MailWriter,
    {
      provide: MailSamples,
      inject: [Catalogue, MailWriter, Settings],
      useFactory: (catalogue: Catalogue, writer: MailWriter, { PUBLIC_URL }: Settings) =>
        new MailSamples(catalogue, writer, PUBLIC_URL ?? 'http://localhost'),
    },
    {
      provide: HandlebarsAdapter,
      inject: [Catalogue, Languages, TemplatesDir, MailSamples],
      useFactory: (catalogue: Catalogue, languages: Languages, dir: TemplatesDir, samples: MailSamples) =>
        new HandlebarsAdapter(catalogue, languages, readOwnTemplates(dir, catalogue, languages, samples)),
    },
  ],
  exports: [MailWriter, MailSamples, HandlebarsAdapter],
})
export class MailTemplatesModule {}
