import { Injectable } from '@nestjs/common';
import { ROLES, type Role } from '../common/access.js';
import { PreconditionFailedError } from '../common/errors.js';
import type { Account } from './account.js';
import { PasswordEndedError, UserNotFoundError } from './errors.js';
import type { User } from './user.entity.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Versions of an account on which an act may be based; undefined accepts any. */
export type Versions = readonly number[] | undefined;

/** Disables and enables accounts and sets their roles. Every method joins the caller's transaction; the caller ends sessions and codes. */
@Injectable()
export class StandingService {
  constructor(
    private readonly users: UsersRepository,
    private readonly accounts: UsersService,
  ) {}

  /**
   * Disables an account, or changes the reason if it is disabled already.
   * @throws UserNotFoundError, PreconditionFailedError, LastAdminError
   */
  async disable(id: string, reason: string, versions: Versions): Promise<Account> {
    await this.accounts.demandAnotherAdmin(id);
    await this.lock(id, versions);
    await this.users.setDisabled(id, reason);
    return this.accounts.getById(id);
  }

  /**
   * Enables a disabled account.
   * @throws UserNotFoundError, PreconditionFailedError
   */
  async enable(id: string, versions: Versions): Promise<Account> {
    await this.lock(id, versions);
    await this.users.setDisabled(id, null);
    return this.accounts.getById(id);
  }

  /**
   * Forgets the wrong passwords of an account, and lifts the lock that they brought: the password that it has opens it again.
   * @throws UserNotFoundError, PreconditionFailedError; PasswordEndedError where somebody put an end to the password
   */
  async unlock(id: string, versions: Versions): Promise<void> {
    const { passwordLockedAt, passwordWornAt } = await this.lock(id, versions);
    if (passwordLockedAt !== null && passwordWornAt === null) throw new PasswordEndedError();
    await this.users.liftPasswordWear(id);
  }

  /**
   * Gives an account exactly these roles.
   * @returns the account and its former roles
   * @throws UserNotFoundError, PreconditionFailedError, LastAdminError
   */
  async setRoles(id: string, roles: readonly Role[], versions: Versions): Promise<{ account: Account; former: Role[] }> {
    if (!roles.includes('admin')) await this.accounts.demandAnotherAdmin(id);
    const { roles: former } = await this.lock(id, versions);
    if (!sameRoles(former, roles)) await this.users.update(id, { roles: [...roles] });
    return { account: await this.accounts.getById(id), former };
  }

  /**
   * Gives an account that can act a role beside those that it has by then, so that one that was taken from it meanwhile stays taken. It takes
   * none away, so no other administrator is looked for.
   * @param role null for none: the account only has to be there, and is locked against other edits
   * @returns its former roles, and those that it has now
   * @throws UserNotFoundError, also for a disabled account
   */
  async addRole(id: string, role: Role | null): Promise<{ former: Role[]; roles: Role[] }> {
    const { roles: former, disabledAt } = await this.lock(id, undefined);
    if (disabledAt !== null) throw new UserNotFoundError();
    const roles = ROLES.toReversed().filter((each) => former.includes(each) || each === role);
    if (!sameRoles(former, roles)) await this.users.update(id, { roles });
    return { former, roles };
  }

  /** Callers that lock all administrators must do so before: in another order, two requests could deadlock. */
  private async lock(id: string, versions: Versions): Promise<User> {
    const user = await this.users.lockById(id);
    if (user === null) throw new UserNotFoundError();
    demandVersion(user.version, versions);
    return user;
  }
}

/** @throws PreconditionFailedError if the account was edited since the caller read it */
export function demandVersion(present: number, versions: Versions): void {
  if (versions !== undefined && !versions.includes(present)) throw new PreconditionFailedError();
}

export function sameRoles(some: readonly Role[], others: readonly Role[]): boolean {
  return some.length === others.length && some.every((role) => others.includes(role));
}
