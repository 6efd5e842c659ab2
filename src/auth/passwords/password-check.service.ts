import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ThrottledError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { DatabaseService } from '../../database/database.service.js';
import type { LegacyYes } from '../legacy/legacy-answer.js';
import type { Credentials } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { BadCredentialsError } from './errors.js';
import { LegacyPasswords } from './legacy-passwords.service.js';
import { PasswordHasher } from './password-hasher.service.js';
import { PasswordLocks } from './password-locks.service.js';
import { PasswordTries, type Subject } from './password-tries.service.js';

/** What a password is compared for. */
interface Found {
  credentials: Credentials | null;
  /** Whether no password opens the account, which is not told. */
  isClosed: boolean;
}

/**
 * The one place where a password is compared. Every way in passes the same throttles, and costs the same whether or not there
 * is such an account.
 */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
    private readonly tries: PasswordTries,
    private readonly locks: PasswordLocks,
    private readonly legacy: LegacyPasswords,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  /**
   * The account with this identifier, if the password is right.
   * @throws BadCredentialsError (unknown identifier, wrong password and locked password alike), ThrottledError, BusyError;
   *   UnavailableError if the old system has to be asked and does not answer
   */
  byIdentifier(identifier: string, password: string, caller: Caller): Promise<Credentials> {
    const find = async (): Promise<Found> => {
      const credentials = await this.users.findCredentials(identifier);
      return { credentials, isClosed: credentials !== null && this.isUntold(credentials) };
    };
    return this.check({ typed: identifier }, find, password, caller);
  }

  /** The same for an account that is known already. */
  byId(accountId: string, password: string, caller: Caller): Promise<Credentials> {
    const find = async (): Promise<Found> => ({ credentials: await this.users.findCredentialsById(accountId), isClosed: false });
    return this.check({ accountId }, find, password, caller);
  }

  /**
   * With `ACCOUNT_PRIVACY=strict`, an account whose address nobody has proven opens to no password: whoever registers an address and
   * then gets in with that password would know that it was free. Told apart by nothing, throttles included.
   */
  private isUntold({ account }: Credentials): boolean {
    if (this.settings.ACCOUNT_PRIVACY !== 'strict') return false;
    const { email, emailVerifiedAt, mobile, mobileVerifiedAt, activatedAt } = account;
    return (emailVerifiedAt ?? mobileVerifiedAt ?? activatedAt) === null && (email !== null || mobile !== null);
  }

  /**
   * Forgets the wrong passwords of an account that has a new one, from everywhere and from the caller's network: people who forgot
   * theirs have tried a few, and the new one is to work at once.
   */
  async forgive(userId: string, caller: Caller): Promise<void> {
    await this.tries.forgive(userId, caller);
    await this.locks.forgive(userId);
  }

  private check(subject: Subject, find: () => Promise<Found>, password: string, caller: Caller): Promise<Credentials> {
    // The hash queue is entered before the account is looked up: "busy" must not depend on who exists.
    const compare = (): Promise<Credentials> =>
      this.hasher.admit(caller, async () => this.compare(subject, await find(), password, caller));
    const refuse = (): Promise<never> =>
      this.hasher.admit(caller, async () => {
        const { credentials } = await find();
        return this.refuseUnseen(credentials?.account.id ?? null, password, caller);
      });
    return this.tries.counted(subject, caller, compare, refuse);
  }

  /** An account that has had too many wrong passwords is not told from one whose password this is not: not by the time either. */
  private async compare(subject: Subject, found: Found, password: string, caller: Caller): Promise<Credentials> {
    const { credentials } = found;
    const id = credentials?.account.id ?? null;
    try {
      return await this.tries.countedUntold(id, subject, caller, async () => {
        const right = await this.ifRight(subject, found, password, caller);
        return right ?? this.refuse(credentials, caller);
      });
    } catch (error) {
      if (!(error instanceof ThrottledError)) throw error;
      return this.refuseUnseen(id, password, caller);
    }
  }

  /**
   * The account, if the password is right here, or the old system says so. The old system is asked within the limits of wrong passwords,
   * and outside a transaction.
   */
  private async ifRight(subject: Subject, { credentials, isClosed }: Found, password: string, caller: Caller): Promise<Credentials | null> {
    const identifier = 'typed' in subject ? subject.typed : nameOf(credentials);
    const confirmed: LegacyYes[] = [];
    const ask = async (): Promise<boolean> => {
      const yes = await this.legacy.ask(identifier, password, caller);
      // A closed account is as good as none, which is asked about.
      if (yes !== null && !isClosed) confirmed.push(yes);
      return confirmed.length > 0;
    };
    const elsewhere = this.legacy.concerns(isClosed ? null : credentials) ? ask : undefined;
    const stored = isClosed ? null : (credentials?.passwordHash ?? null);
    const isRight = await this.locks.compare(credentials, caller, () => this.hasher.verify(stored, password, caller, elsewhere));
    const [yes] = confirmed;
    if (!isRight || yes === undefined) return isRight ? credentials : null;
    const adopted = await this.legacy.adopt(identifier, credentials, yes, password, caller);
    return adopted === null || this.isUntold(adopted) ? null : adopted;
  }

  private async refuse(credentials: Credentials | null, caller: Caller): Promise<never> {
    const error = new BadCredentialsError();
    // One transaction for both, so that the account's counter costs no commit of its own.
    await this.database.transaction(async () => {
      await this.locks.countFailure(credentials?.account ?? null, caller);
      await this.record(credentials?.account.id ?? null, error.code, caller);
    });
    throw error;
  }

  /** Refuses at the cost of a comparison. The password is not looked at, so it does not count towards a lock. */
  private async refuseUnseen(subjectId: string | null, password: string, caller: Caller): Promise<never> {
    await this.hasher.verify(null, password, caller);
    await this.database.transaction(async () => {
      await this.users.recordPasswordFailure(null);
      await this.record(subjectId, 'request.throttled', caller);
    });
    throw new BadCredentialsError();
  }

  private record(subjectId: string | null, reason: string, caller: Caller): Promise<void> {
    return this.audit.record({ action: 'password.checked', outcome: 'failure', subjectId, caller, details: { reason } });
  }
}

/** What the old system knows an account by that is signed in here, or whose link was opened. */
function nameOf(credentials: Credentials | null): string {
  const { email = null, username = null, mobile = null } = credentials?.account ?? {};
  return email ?? username ?? mobile ?? '';
}
