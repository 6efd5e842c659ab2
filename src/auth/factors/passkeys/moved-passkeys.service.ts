import { Injectable } from '@nestjs/common';
import type { Passkey } from './passkey.entity.js';
import { type MovedHandle, type MovedPasskey, PasskeysRepository } from './passkeys.repository.js';
import { RelyingParty } from '../../webauthn/relying-party.service.js';

/** Passkeys of accounts that move in files, of thousands at once. Their rows in `authenticators` move beside them. */
@Injectable()
export class MovedPasskeys {
  constructor(
    private readonly passkeys: PasskeysRepository,
    private readonly relyingParty: RelyingParty,
  ) {}

  /** The domain that the passkeys of this server belong to; null if it has none. */
  get domain(): string | null {
    return this.relyingParty.isPossible ? this.relyingParty.id : null;
  }

  listOf(authenticatorIds: readonly string[]): Promise<Passkey[]> {
    return this.passkeys.findByIds(authenticatorIds);
  }

  /** The ids by which authenticators know these accounts, of those that have one. */
  handlesOf(userIds: readonly string[]): Promise<MovedHandle[]> {
    return this.passkeys.findHandles(userIds);
  }

  /** Those of these passkeys that accounts have, and those of these handles; hexadecimal. */
  findKnown(credentialIds: readonly Buffer[], handles: readonly Buffer[]): Promise<{ credentialIds: Set<string>; handles: Set<string> }> {
    return this.passkeys.findKnown(credentialIds, handles);
  }

  /** Stores what checks the passkeys of accounts that were just imported; joins the caller's transaction. */
  async store(passkeys: readonly MovedPasskey[], handles: readonly MovedHandle[]): Promise<void> {
    if (passkeys.length > 0) await this.passkeys.insertMoved(passkeys, handles);
  }
}
