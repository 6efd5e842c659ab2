import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { Settings } from '../../config/settings.js';
import { DatabaseService } from '../../database/database.service.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import type { Account, Credentials } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { BadCredentialsError } from './errors.js';
import { PasswordHasher } from './password-hasher.service.js';
import { OwnerNotices } from '../challenges/owner-notices.service.js';

/**
 * The one place where a password is compared. Every way in passes the same throttles, and costs the same whether or not there
 * is such an account.
 */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
    private readonly throttle: ThrottleService,
    private readonly notices: OwnerNotices,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  /**
   * The account with this identifier, if the password is right.
   * @throws BadCredentialsError (unknown identifier, wrong password and locked password alike), ThrottledError, BusyError
   */
  byIdentifier(identifier: string, password: string, caller: Caller): Promise<Credentials> {
    const find = async (): Promise<Credentials | null> => this.ifTold(await this.users.findCredentials(identifier));
    return this.check(find, `unknown:${identifier.trim().toLowerCase()}`, password, caller);
  }

  /** The same for an account that is known already. */
  byId(userId: string, password: string, caller: Caller): Promise<Credentials> {
    return this.check(() => this.users.findCredentialsById(userId), userId, password, caller);
  }

  /**
   * With `ACCOUNT_PRIVACY=strict`, an account whose address nobody has proven opens to no password: whoever registers an address and
   * then gets in with that password would know that it was free. Told apart by nothing, throttles included.
   */
  private ifTold(credentials: Credentials | null): Credentials | null {
    if (credentials === null || this.settings.ACCOUNT_PRIVACY !== 'strict') return credentials;
    const { email, emailVerifiedAt, mobile, mobileVerifiedAt, activatedAt } = credentials.account;
    const proven = emailVerifiedAt ?? mobileVerifiedAt ?? activatedAt;
    return proven !== null || (email === null && mobile === null) ? credentials : { ...credentials, passwordHash: null };
  }

  /**
   * Forgets the wrong passwords of an account that has a new one, from everywhere and from the caller's network: people who forgot
   * theirs have tried a few, and the new one is to work at once.
   */
  async forgive(userId: string, caller: Caller): Promise<void> {
    await this.throttle.forgive({ limit: 'sign-in-account', of: userId });
    await this.throttle.forgive({ limit: 'sign-in', of: `${userId} ${networkOf(caller.ip)}` });
  }

  private check(find: () => Promise<Credentials | null>, fallbackKey: string, password: string, caller: Caller): Promise<Credentials> {
    // The hash queue is entered before the account is looked up: "busy" must not depend on who exists.
    return this.hasher.admit(async () => {
      const credentials = await find();
      // By account, not by what was typed: three identifiers of one account share their tries.
      const account = credentials?.account.id ?? fallbackKey;
      return this.throttled(account, caller, () => this.compare(credentials, password, caller));
    });
  }

  private throttled<T>(account: string, caller: Caller, work: () => Promise<T>): Promise<T> {
    const network = networkOf(caller.ip);
    const isFailure = (error: unknown): boolean => error instanceof BadCredentialsError;
    const within = (limit: 'sign-in' | 'sign-in-account' | 'sign-in-network', of: string, inner: () => Promise<T>) =>
      this.throttle.attempt({ limit, of }, inner, isFailure, caller);
    return within('sign-in-network', network, () =>
      within('sign-in-account', account, () => within('sign-in', `${account} ${network}`, work)),
    );
  }

  private async compare(credentials: Credentials | null, password: string, caller: Caller): Promise<Credentials> {
    const right = await this.hasher.verify(credentials?.passwordHash ?? null, password);
    if (credentials !== null && right && !credentials.passwordLocked) return credentials;
    const error = new BadCredentialsError();
    // One transaction for both, so that the account's counter costs no commit of its own.
    await this.database.transaction(async () => {
      const locked = await this.users.recordPasswordFailure(credentials?.account.id ?? null);
      if (locked && credentials !== null) await this.tellOfLock(credentials.account, caller);
      await this.audit.record({
        action: 'password.checked',
        outcome: 'failure',
        subjectId: credentials?.account.id ?? null,
        caller,
        details: { reason: error.code },
      });
    });
    throw error;
  }

  private async tellOfLock(account: Account, caller: Caller): Promise<void> {
    await this.notices.send('password-locked', account, caller);
    await this.audit.record({ action: 'password.locked', outcome: 'success', subjectId: account.id, caller });
  }
}
