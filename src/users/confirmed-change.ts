import type { Account } from './account.js';

/**
 * What a change of credentials is about; `identifiers` are all that the account signs in with, `factors` whatever it has beside a password, a
 * takeover is about everything.
 */
export type CredentialKind = 'password' | 'email' | 'mobile' | 'identifiers' | 'factors' | 'deletion' | 'takeover';

/**
 * Permission to change a credential of an account in the open transaction, which has locked the account's row. Every method that changes a
 * credential requires one. Only `CredentialChange.confirm` makes them (an import rule enforces this).
 */
export class ConfirmedChange<Kind extends CredentialKind = CredentialKind> {
  /** Makes the type nominal: an object with the same public fields is not assignable to it. */
  declare protected readonly confirmed: true;

  private constructor(
    readonly kind: Kind,
    /** The account at the time when its row was locked. */
    readonly account: Account,
    /** The account that makes the change: the owner's own, or another one such as an administrator's; null for the command line. */
    readonly actorId: string | null,
  ) {}

  static of<Kind extends CredentialKind>(kind: Kind, account: Account, actorId: string | null): ConfirmedChange<Kind> {
    return new ConfirmedChange(kind, account, actorId);
  }
}
