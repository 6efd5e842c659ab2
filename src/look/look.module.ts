import { Global, Module } from '@nestjs/common';
import { PageRenderer } from './page-renderer.js';

/** How pages look; a page injects `PageRenderer`. */
@Global()
@Module({
  providers: [PageRenderer],
  exports: [PageRenderer],
})
export class LookModule {}
