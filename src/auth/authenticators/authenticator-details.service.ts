import { Injectable } from '@nestjs/common';

/** What the room of passkeys knows of each beside its row in `authenticators`. */
export interface PasskeyDetails {
  /** Whether the authenticator may copy it to other devices of its owner. */
  backupEligible: boolean;
  /** Whether it has been copied. */
  backedUp: boolean;
  /** Make of the authenticator; null if it does not tell, or is in no list. */
  maker: string | null;
}

/** Reads details of some of an account's authenticators, by their ids. */
type ReadDetails = (ids: readonly string[]) => Promise<ReadonlyMap<string, PasskeyDetails>>;

/** What the rooms of factors add to their entries in the list of an account's authenticators; each adds its own when its module starts. */
@Injectable()
export class AuthenticatorDetails {
  private readPasskeys: ReadDetails | undefined;

  /** @throws Error if somebody reads them already */
  addPasskeys(read: ReadDetails): void {
    if (this.readPasskeys !== undefined) throw new Error('Details of passkeys are read twice');
    this.readPasskeys = read;
  }

  /** Empty without ids, and where no room knows more. */
  async ofPasskeys(ids: readonly string[]): Promise<ReadonlyMap<string, PasskeyDetails>> {
    return ids.length === 0 || this.readPasskeys === undefined ? new Map() : this.readPasskeys(ids);
  }
}
