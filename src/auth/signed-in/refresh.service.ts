import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { InvalidRefreshTokenError } from '../../tokens/sessions/errors.js';
import type { IssuedTokens } from '../../tokens/sessions/session-tokens.service.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';

/** New tokens, and the account if it was asked for. */
export interface Refreshed {
  tokens: IssuedTokens;
  account: Account | null;
}

/** Refreshing for clients that show the account, so that it is never older than the access token. */
@Injectable()
export class RefreshService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
  ) {}

  /**
   * Exchanges a refresh token. With the account that is one more statement, a lookup by primary key that concurrent requests share.
   * @throws as `SessionsService.refresh`; InvalidRefreshTokenError also for an account that was deleted meanwhile
   */
  async refresh(
    token: string,
    caller: Caller,
    { attemptKey, withUser }: { attemptKey: string | undefined; withUser: boolean },
  ): Promise<Refreshed> {
    const tokens = await this.sessions.refresh(token, caller, attemptKey);
    const account = withUser ? await this.users.findById(tokens.userId) : null;
    if (withUser && account === null) throw new InvalidRefreshTokenError();
    return { tokens, account };
  }
}
