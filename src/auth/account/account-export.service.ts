import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { SECTIONS, type Section } from './export-sections.js';

/** What is kept of one account, by section. Lists may be long; they are read while they are consumed. */
export type AccountExport = ReadonlyMap<string, object | AsyncIterable<object>>;

/** Telling people what is kept of them (GDPR, articles 15 and 20). Each capability declares what that is; see `Capability.exports`. */
@Injectable()
export class AccountExportService {
  constructor(
    @Inject(SECTIONS) private readonly sections: readonly Section[],
    private readonly services: ModuleRef,
    private readonly throttle: ThrottleService,
    private readonly audit: AuditService,
  ) {}

  /** @throws UserNotFoundError, ThrottledError */
  async export(userId: string, caller: Caller): Promise<AccountExport> {
    await this.throttle.take({ limit: 'export', of: userId }, caller);
    const found = new Map<string, object | AsyncIterable<object>>();
    for (const [name, part] of this.sections) {
      const source = this.services.get<object>(part.source, { strict: false });
      found.set(name, 'each' in part ? part.each(source, userId) : await part.read(source, userId));
    }
    await this.audit.record({ action: 'account.exported', outcome: 'success', actorId: userId, subjectId: userId, caller });
    return found;
  }
}
