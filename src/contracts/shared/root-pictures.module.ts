import { Module } from '@nestjs/common';
import { AvatarsModule } from '../../avatars/avatars.module.js';
import { RootPicturesController } from './root-pictures.controller.js';

/** Imported by every contract that serves pictures, so that the route is there while one of them is. */
@Module({ imports: [AvatarsModule], controllers: [RootPicturesController] })
export class RootPicturesModule {}
