import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { HooksModule } from '../../hooks/hooks.module.js';
import { AccessTokensModule } from '../access-tokens/access-tokens.module.js';
import { SessionsController } from './sessions.controller.js';
import { SessionCapRepository } from './session-cap.repository.js';
import { SessionCap } from './session-cap.service.js';
import { SessionElevation } from './session-elevation.service.js';
import { SessionOpening } from './session-opening.service.js';
import { SessionTokens } from './session-tokens.service.js';
import { SessionsService } from './sessions.service.js';
import { SessionsRepository } from './sessions.repository.js';
import { RefreshesRepository } from './refreshes.repository.js';
import { TokenHousekeeping } from './token-housekeeping.service.js';
import { RefreshCookie } from './refresh-cookie.js';
import { RefreshPermission } from './refresh-permission.service.js';
import { Session } from './session.entity.js';

/** Sessions: opened, refreshed, ended, cleared away. */
@Module({
  imports: [TypeOrmModule.forFeature([Session]), AccessTokensModule, HooksModule],
  controllers: [SessionsController],
  providers: [
    SessionCap,
    SessionCapRepository,
    SessionElevation,
    SessionOpening,
    SessionTokens,
    SessionsService,
    SessionsRepository,
    RefreshesRepository,
    TokenHousekeeping,
    RefreshCookie,
    RefreshPermission,
  ],
  exports: [SessionElevation, SessionOpening, SessionsService, RefreshCookie],
})
export class SessionsModule {}
