import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../common/caller.js';
import type { ConfirmedChange } from '../../../users/confirmed-change.js';
import { UsersService } from '../../../users/users.service.js';
import { AuthenticatorsService } from '../../authenticators/authenticators.service.js';
import { makerOf } from './makers.js';
import { namesOf } from './passkey-options.js';
import type { NewPasskey } from './passkey-verifier.service.js';
import { type ListedPasskey, PasskeysRepository } from './passkeys.repository.js';
import { RelyingParty } from './relying-party.service.js';

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

/** A passkey that is moved here from another server of the same domain. */
export type TransferredPasskey = NewPasskey & { name: string };

/** The passkeys that accounts have. */
@Injectable()
export class PasskeysService {
  constructor(
    private readonly passkeys: PasskeysRepository,
    private readonly authenticators: AuthenticatorsService,
    private readonly users: UsersService,
    private readonly relyingParty: RelyingParty,
  ) {}

  /** The account's, the oldest first. */
  list(userId: string): Promise<ListedPasskey[]> {
    return this.passkeys.findOf(userId);
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
   * Adds one that its authenticator has shown. Belongs into the transaction in which the gate confirmed the change.
   * @param name the owner's word; default: its maker, with a number where the account has one of that name
   * @throws AuthenticatorExistsError
   */
  async add(
    change: ConfirmedChange<'factors'>,
    { signCount, ...passkey }: NewPasskey,
    name: string | undefined,
    caller: Caller,
  ): Promise<ListedPasskey> {
    const { account } = change;
    const chosen = name ?? unusedName(makerOf(passkey.aaguid) ?? 'Passkey', await this.list(account.id));
    const authenticatorId = await this.authenticators.add(change, { type: 'passkey', name: chosen, isConfirmed: true }, caller);
    const stored = { ...passkey, authenticatorId, signCount: String(signCount) };
    await this.passkeys.insert(stored);
    return { ...stored, name: chosen, createdAt: new Date(), lastUsedAt: null };
  }

  /**
   * Adds those of an account that moves here, and keeps the id by which authenticators know it. Belongs into the transaction of the import.
   * @throws AuthenticatorExistsError
   */
  async take(
    change: ConfirmedChange<'factors'>,
    { handle, passkeys }: { handle: Buffer; passkeys: readonly TransferredPasskey[] },
    caller: Caller,
  ): Promise<void> {
    await this.passkeys.handleOf(change.account.id, handle);
    for (const { name, ...passkey } of passkeys) await this.add(change, passkey, name, caller);
  }
}

function unusedName(name: string, existing: readonly ListedPasskey[]): string {
  const names = new Set(existing.map((each) => each.name));
  if (!names.has(name)) return name;
  let number = 2;
  while (names.has(`${name} (${number})`)) number += 1;
  return `${name} (${number})`;
}
