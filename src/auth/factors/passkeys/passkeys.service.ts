import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import type { ConfirmedChange } from '../../../users/confirmed-change.js';
import { UsersService } from '../../../users/users.service.js';
import { AuthenticatorDetails } from '../../authenticators/authenticator-details.service.js';
import { AuthenticatorsService } from '../../authenticators/authenticators.service.js';
import { RecoveryCodesService } from '../../authenticators/recovery-codes.service.js';
import { makerOf } from './makers.js';
import { namesOf } from './passkey-options.js';
import type { NewPasskey } from './passkey-verifier.service.js';
import type { ListedPasskey } from './listed-passkey.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { RelyingParty } from '../../webauthn/relying-party.service.js';

/** 32 bytes: nobody can guess or recognise an account by them (WebAuthn Level 3 §14.6.1). */
const HANDLE_BYTES = 32;

/** What an account's authenticators should know, for the Signal API of browsers (WebAuthn Level 3 §5.1.10). */
export interface PasskeySignal {
  rpId: string;
  /** The account as authenticators know it, base64url. */
  userId: string;
  allAcceptedCredentialIds: string[];
  name: string;
  displayName: string;
}

/** A passkey that was added. */
export interface AddedPasskey {
  passkey: ListedPasskey;
  /** Only with the first second factor of an account. */
  recoveryCodes: string[] | undefined;
}

/** The passkeys that accounts have. */
@Injectable()
export class PasskeysService implements OnModuleInit {
  constructor(
    private readonly passkeys: PasskeysRepository,
    private readonly authenticators: AuthenticatorsService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly details: AuthenticatorDetails,
    private readonly users: UsersService,
    private readonly relyingParty: RelyingParty,
  ) {}

  onModuleInit(): void {
    this.details.addPasskeys(async (ids) => {
      const found = await this.passkeys.findByIds(ids);
      return new Map(
        found.map(({ authenticatorId, aaguid, backupEligible, backedUp }) => [
          authenticatorId,
          { maker: makerOf(aaguid), backupEligible, backedUp },
        ]),
      );
    });
  }

  /** The account's, the oldest first. */
  async list(userId: string): Promise<ListedPasskey[]> {
    const own = (await this.authenticators.list(userId)).filter(({ type }) => type === 'passkey');
    if (own.length === 0) return [];
    const found = new Map((await this.passkeys.findByIds(own.map(({ id }) => id))).map((passkey) => [passkey.authenticatorId, passkey]));
    return own.flatMap(({ id, name, createdAt, lastUsedAt }) => {
      const passkey = found.get(id);
      return passkey === undefined ? [] : [{ ...passkey, name, createdAt, lastUsedAt }];
    });
  }

  /** The id by which authenticators know the account. Made when it is asked for the first time. */
  handleOf(userId: string): Promise<Buffer> {
    return this.passkeys.handleOf(userId, randomBytes(HANDLE_BYTES));
  }

  /** What browsers should be told after the list has changed. @throws MethodDisabledError if the server offers no passkeys */
  async signalOf(userId: string): Promise<PasskeySignal> {
    const [account, handle, passkeys] = await Promise.all([this.users.getById(userId), this.handleOf(userId), this.list(userId)]);
    return {
      rpId: this.relyingParty.id,
      userId: handle.toString('base64url'),
      allAcceptedCredentialIds: passkeys.map(({ credentialId }) => credentialId.toString('base64url')),
      ...namesOf(account),
    };
  }

  /**
   * Adds one that its authenticator has shown; tells the owner. Belongs into the transaction in which the gate confirmed the change.
   * @param name the owner's word; default: its maker, with a number where the account has one of that name
   * @throws AuthenticatorExistsError, TooManyAuthenticatorsError
   */
  async add(change: ConfirmedChange<'factors'>, passkey: NewPasskey, name: string | undefined, caller: Caller): Promise<AddedPasskey> {
    const { id: userId } = change.account;
    const chosen = name ?? unusedName(makerOf(passkey.aaguid) ?? 'Passkey', await this.list(userId));
    const id = await this.authenticators.add(change, { type: 'passkey', name: chosen, isConfirmed: true }, caller);
    await this.passkeys.insert({ ...passkey, authenticatorId: id, signCount: String(passkey.signCount) });
    const added = (await this.list(userId)).find(({ authenticatorId }) => authenticatorId === id);
    if (added === undefined) throw new Error('A passkey was not stored');
    return { passkey: added, recoveryCodes: await this.recoveryCodes.makeFirst(change, caller) };
  }

  /**
   * Lets one open nothing any more, while its entry among the account's authenticators stays: the account goes on demanding a second factor,
   * which is then a recovery code. Belongs into the transaction in which the gate confirmed the change.
   */
  async disarm({ account }: ConfirmedChange<'factors' | 'takeover'>, authenticatorId: string): Promise<void> {
    await this.authenticators.get(account.id, authenticatorId);
    await this.passkeys.remove(authenticatorId);
  }
}

function unusedName(name: string, existing: readonly ListedPasskey[]): string {
  const names = new Set(existing.map((each) => each.name));
  if (!names.has(name)) return name;
  let number = 2;
  while (names.has(`${name} (${number})`)) number += 1;
  return `${name} (${number})`;
}
