import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { Settings } from '../../config/settings.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { DelayedResetService } from '../lost-factors/delayed-reset.service.js';
import { ForcedResetService } from '../passwords/forced-reset.service.js';
import type { Undone } from './act-undoing.service.js';

/**
 * How the owner gets in again. `reset`: by the link to choose a password that was mailed; `sign-in`: as usual; `elsewhere`: the account has
 * another address now, to which its resets go.
 */
export type WayBackIn = 'reset' | 'sign-in' | 'elsewhere';

/** Puts an end to whatever somebody else may have opened, and lets the owner prove anew who they are. */
@Injectable()
export class SafetyBrake {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly forced: ForcedResetService,
    private readonly delayed: DelayedResetService,
    private readonly settings: Settings,
  ) {}

  /**
   * Ends all sessions, sign-ins that wait, remembered devices, and open codes and links; the password too, unless the owner has chosen it
   * since. A reset is mailed: it asks for the second factor of an account that demands one. Belongs into the transaction that confirmed the
   * change.
   * @param address to which the link went
   * @returns how the owner gets in, and from when on without a second factor that could not be removed at once
   */
  async pull(
    change: ConfirmedChange<'takeover'>,
    address: string,
    { isSettled, undone }: { isSettled: boolean; undone: Undone },
    caller: Caller,
  ): Promise<{ next: WayBackIn; dueAt: Date | null }> {
    const account = await this.users.getById(change.account.id);
    const isElsewhere = (await this.contacts.resetAddressOf(account)) !== address;
    const isMailed = !isSettled && !isElsewhere && (await this.needsPassword(account.id));
    if (isSettled) await this.forced.endAccess(account, 'disavowed', { caller });
    else await this.forced.demand(change, account, isMailed ? address : null, 'disavowed', { caller });
    const wait = undone === 'later' ? await this.delayed.begin(account, caller) : null;
    // One that somebody else asked for would go on while the link that stops it is dead.
    if (wait === null) await this.delayed.end(account, caller);
    const next = isMailed ? 'reset' : isElsewhere ? 'elsewhere' : 'sign-in';
    return { next, dueAt: wait?.dueAt ?? null };
  }

  /** Accounts without a password sign in by a mailed code, which proves the same; they are not made to choose one. */
  private async needsPassword(userId: string): Promise<boolean> {
    const credentials = await this.users.findCredentialsById(userId);
    return credentials?.passwordHash !== null || this.settings.EMAIL_CODE === 'off';
  }
}
