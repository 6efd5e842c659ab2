import { Global, Module } from '@nestjs/common';
import { PageRenderer } from './page-renderer.js';

/** The look of pages; a page injects `PageRenderer`. */
@Global()
@Module({
  providers: [PageRenderer],
  exports: [PageRenderer],
})
export class LookModule {}
