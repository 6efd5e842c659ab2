import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { Settings } from '../../config/settings.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { UsersService } from '../../users/users.service.js';
import { AvailabilityPrivateError } from './errors.js';

/** Whether a name can still be had, for forms that say so while somebody types. */
@Injectable()
export class AvailabilityService {
  constructor(
    private readonly users: UsersService,
    private readonly throttle: ThrottleService,
    private readonly settings: Settings,
  ) {}

  /** @throws InvalidRequestError when it is no username at all; ThrottledError */
  async isUsernameFree(username: string, caller: Caller): Promise<boolean> {
    await this.count(caller);
    return this.users.isUsernameFree(username);
  }

  /**
   * @param privacy `waived` by wire formats that promise an answer whatever the setting
   * @throws AvailabilityPrivateError with `ACCOUNT_PRIVACY=strict`, whatever the address; InvalidRequestError when it is no address;
   *   ThrottledError
   */
  async isEmailFree(email: string, caller: Caller, privacy: 'kept' | 'waived' = 'kept'): Promise<boolean> {
    await this.count(caller);
    if (privacy === 'kept' && this.settings.ACCOUNT_PRIVACY === 'strict') throw new AvailabilityPrivateError();
    return this.users.isEmailFree(email);
  }

  private count(caller: Caller): Promise<void> {
    return this.throttle.takeFrom('availability', caller);
  }
}
