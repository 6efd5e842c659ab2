import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import type { Principal } from '../../common/principal.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Account } from '../../users/account.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { UsersService } from '../../users/users.service.js';
import { AuthenticatorDetails, type PasskeyDetails } from '../authenticators/authenticator-details.service.js';
import { AuthenticatorsService } from '../authenticators/authenticators.service.js';
import { LastWayInError } from '../authenticators/errors.js';
import { OtherWaysIn } from '../authenticators/other-ways-in.service.js';
import { FactorPolicy } from '../authenticators/factor-policy.service.js';
import { RecoveryCodesService } from '../authenticators/recovery-codes.service.js';
import { CredentialChange } from '../passwords/credential-change.service.js';

/** An authenticator as its owner knows it. */
export interface OwnAuthenticator {
  id: string;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** What an account proves itself by. */
export interface OwnAuthenticators {
  password: boolean;
  passkeys: (OwnAuthenticator & Partial<PasskeyDetails>)[];
  totp: OwnAuthenticator[];
  recoveryCodes: { left: number };
}

/** The authenticators of the one who asks: listed, renamed, removed, and the recovery codes for the loss of one. */
@Injectable()
export class OwnAuthenticatorsService {
  constructor(
    private readonly authenticators: AuthenticatorsService,
    private readonly details: AuthenticatorDetails,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly policy: FactorPolicy,
    private readonly otherWays: OtherWaysIn,
    private readonly gate: CredentialChange,
    private readonly users: UsersService,
    private readonly database: DatabaseService,
  ) {}

  /** @throws UserNotFoundError */
  async list(userId: string): Promise<OwnAuthenticators> {
    const [all, password, left] = await Promise.all([
      this.authenticators.list(userId),
      this.hasPassword(userId),
      this.recoveryCodes.countLeft(userId),
    ]);
    const passkeys = all.filter(({ type }) => type === 'passkey');
    const details = await this.details.ofPasskeys(passkeys.map(({ id }) => id));
    return {
      password,
      passkeys: passkeys.map((passkey) => ({ ...told(passkey), ...details.get(passkey.id) })),
      totp: all.filter(({ type }) => type === 'totp').map(told),
      recoveryCodes: { left },
    };
  }

  /** @throws AuthenticatorNotFoundError, and what the gate throws */
  rename(user: Principal, id: string, name: string, caller: Caller): Promise<OwnAuthenticator> {
    return this.changed(user, caller, async (change) => {
      await this.authenticators.rename(change, id, name, caller);
      return told(await this.authenticators.get(user.userId, id));
    });
  }

  /**
   * Removes one; every other session of the account ends.
   * @throws AuthenticatorNotFoundError, LastWayInError, and what the gate throws
   */
  async remove(user: Principal, id: string, caller: Caller): Promise<void> {
    await this.changed(user, caller, async (change) => {
      await this.demandAnother(change.account, id);
      await this.authenticators.remove(change, id, user.sessionId, caller);
    });
  }

  /** @throws NoSecondFactorError, and what the gate throws */
  renewRecoveryCodes(user: Principal, caller: Caller): Promise<string[]> {
    return this.changed(user, caller, (change) => this.recoveryCodes.renew(change, caller));
  }

  private async changed<T>(user: Principal, caller: Caller, work: (change: ConfirmedChange<'factors'>) => Promise<T>): Promise<T> {
    const authorization = await this.gate.authorize(user, 'factors', { session: 'recent' }, caller);
    return this.database.transaction(async () => work(await this.gate.confirm(authorization)));
  }

  /** Refuses to remove what the account cannot do without. The account's row is locked: of two removals the second sees the first. */
  private async demandAnother(account: Account, id: string): Promise<void> {
    const removed = await this.authenticators.get(account.id, id);
    if (removed.confirmedAt === null) return;
    const rest = (await this.authenticators.list(account.id)).filter((each) => each.id !== id);
    if (rest.length === 0 && (account.mfaRequiredAt !== null || this.policy.demandsSecondFactor(account))) {
      throw new LastWayInError('Your account needs a second factor. Set up another one before you remove this one.');
    }
    if (rest.some(({ type }) => type === 'passkey') || (await this.hasPassword(account.id))) return;
    if (!(await this.otherWays.has(account))) {
      throw new LastWayInError('You could not sign in any more. Set a password, or add a passkey, before you remove this one.');
    }
  }

  private async hasPassword(userId: string): Promise<boolean> {
    return ((await this.users.findCredentialsById(userId))?.passwordHash ?? null) !== null;
  }
}

function told({ id, name, createdAt, lastUsedAt }: OwnAuthenticator): OwnAuthenticator {
  return { id, name, createdAt, lastUsedAt };
}
