import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { networkOf } from '../../throttling/client-network.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import { ResetChannels } from './reset-channels.service.js';

/** The id of no account and no session. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Networks in which an account is signed in. Its owner is there, so that strangers elsewhere must not use up the tries from there. */
@Injectable()
export class OwnerNetworks {
  constructor(
    private readonly sessions: SessionsService,
    private readonly channels: ResetChannels,
  ) {}

  /** Whether the account has a live session that was last used in the caller's network. Without an account the look-up costs the same. */
  async include({ ip }: Caller, accountId: string | null): Promise<boolean> {
    const network = networkOf(ip);
    const sessions = await this.sessions.list(accountId ?? NOBODY, NOBODY);
    return sessions.some((session) => session.ip !== null && networkOf(session.ip) === network);
  }

  /**
   * Whether the account was signed in there within `SESSION_ABSOLUTE_DAYS`, even if it no longer is: enough for what harms nobody, such as a
   * code that goes to the owner. Without an account the look-up costs the same.
   */
  haveIncluded({ ip }: Caller, accountId: string | null): Promise<boolean> {
    const network = networkOf(ip);
    return this.sessions.addressesOf(accountId ?? NOBODY).then((addresses) => addresses.some((each) => networkOf(each) === network));
  }

  /** Whether the caller's network is one of them, of an account that its owner cannot reset from anywhere else. */
  async areLastWayIn(caller: Caller, account: Account | null): Promise<boolean> {
    if (!(await this.include(caller, account?.id ?? null)) || account === null) return false;
    return !(await this.channels.hasAny(account));
  }
}
