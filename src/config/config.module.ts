import { type DynamicModule, Module } from '@nestjs/common';
import { Secrets } from './secrets.js';
import { Settings } from './settings.js';

/** Makes the validated settings and the keys derived from them injectable everywhere. */
@Module({})
export class ConfigModule {
  static register(settings: Settings): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: Settings, useValue: settings }, Secrets],
      exports: [Settings, Secrets],
    };
  }
}
