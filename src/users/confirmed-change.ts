import type { Account } from './account.js';

/** What a change of credentials is about; a takeover is about all of them. */
export type CredentialKind = 'password' | 'email' | 'mobile' | 'deletion' | 'takeover';

/**
 * That a credential of an account may be changed in the open transaction, which has locked the account's row. Everything that changes
 * one takes it. Only the gate makes one (`CredentialChange.confirm`; an import rule keeps others from it): an object of the same form
 * is none.
 */
export class ConfirmedChange<Kind extends CredentialKind = CredentialKind> {
  /** Unlike public fields, it is of this class alone. */
  declare protected readonly confirmed: true;

  private constructor(
    readonly kind: Kind,
    /** As it was when its row was locked. */
    readonly account: Account,
    /** Who does it, if not the account's owner. */
    readonly actorId: string,
  ) {}

  static of<Kind extends CredentialKind>(kind: Kind, account: Account, actorId: string): ConfirmedChange<Kind> {
    return new ConfirmedChange(kind, account, actorId);
  }
}
