import { Injectable } from '@nestjs/common';
import type { Account } from '../../users/account.js';

/** Whether an account can sign in by something that is neither its password nor an authenticator. */
export type OtherWayIn = (account: Account) => boolean | Promise<boolean>;

/** Ways to sign in beside passwords and authenticators, so that the last one of an account stays. The rooms that know one add it. */
@Injectable()
export class OtherWaysIn {
  private readonly ways: OtherWayIn[] = [];

  /** Call it in `onModuleInit`. */
  add(way: OtherWayIn): void {
    this.ways.push(way);
  }

  /** Whether the account has one. */
  async has(account: Account): Promise<boolean> {
    for (const way of this.ways) if (await way(account)) return true;
    return false;
  }
}
