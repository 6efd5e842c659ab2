import { Global, Module } from '@nestjs/common';
import { Languages } from './languages.service.js';
import { ProblemTexts } from './problem-texts.js';
import { TemplatesDir } from './templates-dir.js';

/** Texts for people; whoever writes one injects `Languages`. */
@Global()
@Module({
  providers: [Languages, ProblemTexts, TemplatesDir],
  exports: [Languages, ProblemTexts, TemplatesDir],
})
export class LanguagesModule {}
