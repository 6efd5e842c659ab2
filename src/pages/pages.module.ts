import { Module } from '@nestjs/common';
import { StartPageController } from './start-page.controller.js';
import { FailurePage } from './failure-page.js';

/** The start page, and the page of a failure. */
@Module({
  controllers: [StartPageController],
  providers: [FailurePage],
})
export class PagesModule {}
