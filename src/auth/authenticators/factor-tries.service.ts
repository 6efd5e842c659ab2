import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ThrottledError } from '../../common/errors.js';
import type { LimitName } from '../../common/declared.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { CodeAlarm } from '../challenges/code-alarm.service.js';
import { FactorThrottledError, InvalidFactorError } from './errors.js';

/** The limits of wrong codes, the longer one first. */
const LIMITS: readonly LimitName[] = ['factor-day', 'factor'];

/**
 * Wrong codes of second factors: limited, put on record, and counted for the alarm. The limits are apart from those of passwords, and of
 * each factor by itself: somebody who has the password and tries codes keeps the owner from one factor, and from nothing else.
 */
@Injectable()
export class FactorTries {
  constructor(
    private readonly throttle: ThrottleService,
    private readonly alarm: CodeAlarm,
    private readonly audit: AuditService,
  ) {}

  /**
   * Runs `check` unless this factor of the account has had too many wrong codes. Belongs behind the first factor.
   * @param factor as the API names it
   * @param of whose wrong codes they are. Default: the account's, of all its authenticators of that factor
   * @throws FactorThrottledError; BusyError after a long wait; what `check` throws
   */
  async counted<T>(factor: string, userId: string, caller: Caller, check: () => Promise<T>, of = userId): Promise<T> {
    const work = (): Promise<T> => this.onRecord(factor, userId, caller, check);
    return this.within(LIMITS, `${factor} ${of}`, caller, work);
  }

  private async within<T>([limit, ...further]: readonly LimitName[], of: string, caller: Caller, work: () => Promise<T>): Promise<T> {
    if (limit === undefined) return work();
    try {
      const isWrong = (error: unknown): boolean => error instanceof InvalidFactorError;
      return await this.throttle.attempt({ limit, of }, () => this.within(further, of, caller, work), isWrong, caller);
    } catch (error) {
      throw error instanceof ThrottledError ? new FactorThrottledError(error.retryAfterSeconds) : error;
    }
  }

  private async onRecord<T>(factor: string, userId: string, caller: Caller, check: () => Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (error) {
      if (error instanceof InvalidFactorError) {
        await this.audit.record({ action: 'factor.checked', outcome: 'failure', subjectId: userId, caller, details: { factor } });
        await this.alarm.note();
      }
      throw error;
    }
  }
}
