import { type DynamicModule, Module } from '@nestjs/common';
import { Catalogue } from '../common/catalogue.js';
import { Secrets } from './secrets.js';
import { Settings } from './settings.js';

/** Makes the validated settings, the derived keys and the catalogue of capabilities injectable everywhere. */
@Module({})
export class ConfigModule {
  static register(settings: Settings, catalogue: Catalogue): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Settings, useValue: settings }, { provide: Catalogue, useValue: catalogue }, Secrets],
      exports: [Settings, Catalogue, Secrets],
    };
  }
}
