import { Global, Module } from '@nestjs/common';
import { Languages } from './languages.service.js';
import { TemplatesDir } from './templates-dir.js';

/** Texts for people; whoever writes one injects `Languages`. */
@Global()
@Module({
  providers: [Languages, TemplatesDir],
  exports: [Languages, TemplatesDir],
})
export class LanguagesModule {}
