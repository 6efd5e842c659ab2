import { type DynamicModule, Module } from '@nestjs/common';
import type { Settings } from '../config/settings.js';
import { PackageFiles } from './package-files.service.js';
import { SdkController } from './sdk.controller.js';

/** Hands out the packages where the documentation is served as well: they name the server's version. */
@Module({})
export class SdkModule {
  static register({ DOCS }: Settings): DynamicModule {
    return { module: SdkModule, ...(DOCS ? { controllers: [SdkController], providers: [PackageFiles] } : {}) };
  }
}
