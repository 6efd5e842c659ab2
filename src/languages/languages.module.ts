import { Global, Module } from '@nestjs/common';
import { Languages } from './languages.service.js';
import { ProblemTexts } from './problem-texts.js';

/** Texts for people; whoever writes one injects `Languages`. */
@Global()
@Module({
  providers: [Languages, ProblemTexts],
  exports: [Languages, ProblemTexts],
})
export class LanguagesModule {}
