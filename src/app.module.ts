import { type DynamicModule, Module } from '@nestjs/common';
import { AdministrationModule } from './administration/administration.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AvatarsModule } from './avatars/avatars.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BooksModule } from './books/books.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Settings } from './config/settings.js';
import { contractsServed } from './contracts/contracts.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { MailModule } from './mail/mail.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PagesModule } from './pages/pages.module.js';
import { SmsModule } from './sms/sms.module.js';
import { ThrottlingModule } from './throttling/throttling.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { UsersModule } from './users/users.module.js';

/** The composition root: which modules make up the server, and which wire contracts. */
@Module({})
export class AppModule {
  static register(settings: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.register(settings),
        DatabaseModule.register(),
        AuditModule,
        AvatarsModule,
        ThrottlingModule,
        HealthModule,
        MetricsModule,
        UsersModule,
        TokensModule,
        MailModule.register(settings),
        SmsModule,
        AuthModule,
        AdministrationModule,
        BooksModule,
        PagesModule,
        ...contractsServed(settings).map(({ module }) => module),
      ],
    };
  }
}

export { contractsServed, prefixOf } from './contracts/contracts.js';
export type { Contract } from './contracts/shared/contract.js';
