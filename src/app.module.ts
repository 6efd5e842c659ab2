import { type DynamicModule, Module } from '@nestjs/common';
import { CAPABILITIES, CATALOGUE } from './capabilities.js';
import { ConfigModule } from './config/config.module.js';
import type { Settings } from './config/settings.js';
import { contractsServed } from './contracts/contracts.js';
import { DatabaseModule } from './database/database.module.js';

/** The composition root: the modules of all capabilities, and of the wire contracts that are served. */
@Module({})
export class AppModule {
  static async register(settings: Settings): Promise<DynamicModule> {
    const modules = await Promise.all(CAPABILITIES.flatMap((capability) => capability.module?.(settings) ?? []));
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(settings, CATALOGUE),
        DatabaseModule.register(),
        ...(modules as DynamicModule[]),
        ...contractsServed(settings).map(({ module }) => module),
      ],
    };
  }
}
