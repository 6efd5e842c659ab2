import { Global, Module } from '@nestjs/common';
import { Languages } from './languages.service.js';

/** Texts for people; whoever writes one injects `Languages`. */
@Global()
@Module({
  providers: [Languages],
  exports: [Languages],
})
export class LanguagesModule {}
