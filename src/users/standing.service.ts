import { Injectable } from '@nestjs/common';
import type { Role } from '../common/access.js';
import { PreconditionFailedError } from '../common/errors.js';
import type { Account } from './account.js';
import { UserNotFoundError } from './errors.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Versions of an account that an act is based on; any, where none are named. */
export type Versions = readonly number[] | undefined;

/**
 * What an account may do: whether it can act at all, and its roles. Everything joins the caller's transaction, and leaves its
 * sessions and codes to the caller.
 */
@Injectable()
export class StandingService {
  constructor(
    private readonly users: UsersRepository,
    private readonly accounts: UsersService,
  ) {}

  /**
   * Disables an account, or gives another reason for it.
   * @throws UserNotFoundError, PreconditionFailedError, LastAdminError
   */
  async disable(id: string, reason: string, versions: Versions): Promise<Account> {
    await this.accounts.demandAnotherAdmin(id);
    await this.lock(id, versions);
    await this.users.setDisabled(id, reason);
    return this.accounts.getById(id);
  }

  /**
   * Lets an account act again.
   * @throws UserNotFoundError, PreconditionFailedError
   */
  async enable(id: string, versions: Versions): Promise<Account> {
    await this.lock(id, versions);
    await this.users.setDisabled(id, null);
    return this.accounts.getById(id);
  }

  /**
   * Gives an account these roles and no others.
   * @returns the account, and the roles that it had
   * @throws UserNotFoundError, PreconditionFailedError, LastAdminError
   */
  async setRoles(id: string, roles: readonly Role[], versions: Versions): Promise<{ account: Account; former: Role[] }> {
    if (!roles.includes('admin')) await this.accounts.demandAnotherAdmin(id);
    const { roles: former } = await this.lock(id, versions);
    if (!sameRoles(former, roles)) await this.users.update(id, { roles: [...roles] });
    return { account: await this.accounts.getById(id), former };
  }

  /** After the lock on all administrators, where there is one: in another order two requests could wait for each other. */
  private async lock(id: string, versions: Versions): Promise<User> {
    const user = await this.users.lockById(id);
    if (user === null) throw new UserNotFoundError();
    demandVersion(user.version, versions);
    return user;
  }
}

/** @throws PreconditionFailedError when there was another edit since the caller read the account */
export function demandVersion(present: number, versions: Versions): void {
  if (versions !== undefined && !versions.includes(present)) throw new PreconditionFailedError();
}

export function sameRoles(some: readonly Role[], others: readonly Role[]): boolean {
  return some.length === others.length && some.every((role) => others.includes(role));
}
