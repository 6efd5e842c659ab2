import { Injectable } from '@nestjs/common';
import { TakenContacts } from '../../../auth/contacts/taken-contacts.service.js';
import { type Authorization, CredentialChange } from '../../../auth/passwords/credential-change.service.js';
import type { Caller } from '../../../common/caller.js';
import { DatabaseService } from '../../../database/database.service.js';
import { ThrottleService } from '../../../throttling/throttle.service.js';
import type { Account, ProfileChanges } from '../../../users/account.js';
import { ProfileService } from '../../../users/profile.service.js';
import { UsersService } from '../../../users/users.service.js';
import type { Asker } from './asker.js';
import { ContactEdit } from './contact-edit.service.js';

/** What an account signs in with; what is absent stays. */
interface Identifiers {
  username?: string | undefined;
  email?: string | undefined;
  mobile?: string | undefined;
}

/** An edit of an account together with what it signs in with; what is absent stays. */
export type AccountChanges = Omit<ProfileChanges, keyof Identifiers> & Identifiers;

/** An edit that may be made. Takes effect when it is called; joins the caller's transaction. */
export type AdmittedEdit = () => Promise<Account>;

/**
 * Editing all of an account at once, for wire formats that promise so. Where the username, the address or the number changes, the gate
 * decides whether the asker needs the password. The core's own API always asks for it where an address or a number changes, and for a
 * proof of the new one.
 */
@Injectable()
export class AccountEditService {
  constructor(
    private readonly gate: CredentialChange,
    private readonly profiles: ProfileService,
    private readonly contacts: ContactEdit,
    private readonly users: UsersService,
    private readonly throttle: ThrottleService,
    private readonly taken: TakenContacts,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Makes all of the changes or none.
   * @throws as `admit` and the edit that it answers
   */
  async edit(id: string, changes: AccountChanges, asker: Asker, caller: Caller): Promise<Account> {
    return (await this.admit(id, changes, asker, caller))();
  }

  /**
   * Decides whether the asker may make the changes. Do not call it in a transaction: a wrong password is counted, and comparing is slow.
   * @returns the edit, which makes all of the changes or none and throws InvalidRequestError, EmailTakenError, MobileTakenError,
   *   UsernameTakenError (also when requests race), and as `CredentialChange.confirm`
   * @throws BadCredentialsError when the asker needs a password and it is missing or wrong; UserNotFoundError, ForbiddenError,
   *   ThrottledError, BusyError
   */
  async admit(id: string, changes: AccountChanges, asker: Asker, caller: Caller): Promise<AdmittedEdit> {
    if (asker.user.userId === id) await this.throttle.take({ limit: 'edit', of: id }, caller);
    const { username, email, mobile, ...profile } = changes;
    const wanted = newIn(await this.users.getById(id), { username, email, mobile });
    const authorization = await this.authorize(id, wanted, asker, caller);
    const edit = (): Promise<Account> =>
      this.database.transaction(async () => {
        // A username is a credential like the others, although it changes along with the profile.
        if (authorization !== null) await this.gate.confirm(authorization);
        const by = { caller, actorId: asker.user.userId };
        let account = await this.profiles.change(id, { ...profile, username: wanted.username }, by);
        if (authorization === null) return account;
        if (wanted.email !== undefined) account = await this.contacts.changeEmail(authorization, wanted.email, asker.contract, caller);
        if (wanted.mobile !== undefined) account = await this.contacts.changeMobile(authorization, wanted.mobile, caller);
        return account;
      });
    return async () => {
      try {
        return await edit();
      } catch (error) {
        throw await this.taken.answerTo(error, { ...wanted, clientId: asker.contract }, caller);
      }
    };
  }

  /** The answer tells whether somebody has a name, and a new address is mailed: no oftener than where that is asked for outright. */
  private async authorize(
    id: string,
    wanted: Identifiers,
    { contract, user, password }: Asker,
    caller: Caller,
  ): Promise<Authorization<'identifiers'> | null> {
    if (Object.keys(wanted).length === 0) return null;
    const authorization = await this.gate.authorize(user, 'identifiers', { accountId: id, promisedBy: contract, password }, caller);
    await this.throttle.takeFrom('availability', caller);
    if (wanted.email !== undefined) await this.throttle.takeFrom('mail-request', caller);
    return authorization;
  }
}

/** Those that differ from what the account has. The others are left alone: changing them back would need leave, too. */
function newIn(account: Account, wanted: Identifiers): Identifiers {
  const names = (['username', 'email', 'mobile'] as const).filter((name) => wanted[name] !== undefined && wanted[name] !== account[name]);
  return Object.fromEntries(names.map((name) => [name, wanted[name]]));
}
