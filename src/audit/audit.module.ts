import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Catalogue } from '../common/catalogue.js';
import { AUDIT_ACTIONS } from './audit-event.js';
import { AuditHousekeeping } from './audit-housekeeping.service.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { BoundedEvents } from './bounded-events.service.js';
import { RequestEvents } from './request-events.js';
import { StoredEvent } from './stored-event.entity.js';
import { SecurityEventsController } from './security-events.controller.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([StoredEvent])],
  controllers: [AuditController, SecurityEventsController],
  providers: [AuditService, AuditRepository, AuditHousekeeping, BoundedEvents, RequestEvents],
  exports: [AuditService, BoundedEvents, RequestEvents],
})
export class AuditModule {
  constructor({ actions }: Catalogue) {
    AUDIT_ACTIONS.splice(0, AUDIT_ACTIONS.length, ...actions);
  }
}
