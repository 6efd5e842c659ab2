/** An authenticator app on its way. Times are RFC 3339; null for one that nobody knows. */
export interface CarriedTotp {
  name: string | null;
  secret: Buffer;
  /** The latest time step of which a code was accepted. */
  lastStep: number | null;
  createdAt: string | null;
  confirmedAt: string | null;
  lastUsedAt: string | null;
}

/** A passkey on its way. */
export interface CarriedPasskey {
  name: string | null;
  credentialId: Buffer;
  /** COSE key. */
  publicKey: Buffer;
  signCount: number;
  aaguid: string;
  transports: string[];
  /** Null if the other system did not keep it; the first use tells. */
  backupEligible: boolean | null;
  backedUp: boolean;
  uvInitialized: boolean;
  createdAt: string | null;
  confirmedAt: string | null;
  lastUsedAt: string | null;
}

/** A recovery code on its way: only its HMAC is known, and under which `APP_SECRET` that was made. */
export interface CarriedRecoveryCode {
  mac: Buffer;
  keyId: string;
  createdAt: string | null;
  usedAt: string | null;
}

/** What proves an account beside its password, on its way from one installation to another. */
export interface CarriedAuthenticators {
  totp: CarriedTotp[];
  passkeys: CarriedPasskey[];
  /** The domain of the passkeys. */
  rpId: string | null;
  /** The id by which authenticators know the account. */
  userHandle: Buffer | null;
  recoveryCodes: CarriedRecoveryCode[];
  /**
   * Since when the owner wants a second factor; undefined if the record alone says it. The record of an account with an app says so, too,
   * for an installation that cannot open what is sealed: it must not let the account do without.
   */
  mfaRequiredAt: string | null | undefined;
}
