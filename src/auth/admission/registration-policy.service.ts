import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import type { Account } from '../../users/account.js';
import { Admission } from '../../users/admission.js';
import { fromEmail } from '../../users/identifiers.js';
import { isAllowedDomain } from './allowed-domains.js';
import { DomainNotAllowedError, InvitationRequiredError, RegistrationClosedError } from './errors.js';

/** Who is invited. */
export interface Guests {
  /** Whether an invitation of the address is open. */
  isInvited(email: string): Promise<boolean>;
  /** An account was made for somebody who has proven its address. Joins the caller's transaction. */
  arrive(account: Account, caller: Caller): Promise<void>;
}

/**
 * Decides who may have an account. Every way to make one asks here: the accounts of `UsersService` take an `Admission`, and nobody else makes
 * one. It never looks who is registered, so that no answer depends on that.
 */
@Injectable()
export class RegistrationPolicy {
  private guests: Guests | null = null;

  constructor(private readonly settings: Settings) {}

  /** Whom to ask who is invited. Call it in `onModuleInit`. */
  listen(guests: Guests): void {
    this.guests = guests;
  }

  /** @throws RegistrationClosedError where nobody makes an account without an administrator */
  demandNotClosed(): void {
    if (this.settings.REGISTRATION === 'closed') throw new RegistrationClosedError();
  }

  /** @throws RegistrationClosedError, InvitationRequiredError where not anybody can register */
  demandOpen(): void {
    this.demandNotClosed();
    if (this.settings.REGISTRATION === 'invited') throw new InvitationRequiredError();
  }

  /**
   * Lets somebody register by themselves, who has shown nothing yet.
   * @param email as they wrote it, or null for none. One that cannot be read is admitted, and refused as an address later
   * @throws RegistrationClosedError, InvitationRequiredError, DomainNotAllowedError
   */
  admit(email: string | null): Admission {
    this.demandOpen();
    this.demandDomain(email);
    return Admission.of(email);
  }

  /**
   * The same for somebody who has shown to read the address: an invitation of it is enough, of whatever domain it is.
   * @throws RegistrationClosedError, InvitationRequiredError, DomainNotAllowedError
   */
  async admitProven(email: string): Promise<Admission> {
    this.demandNotClosed();
    return (await this.guests?.isInvited(email)) === true ? Admission.of(email) : this.admit(email);
  }

  /** Whether somebody who reads this address could have an account. */
  async admitsProven(email: string): Promise<boolean> {
    try {
      await this.admitProven(email);
      return true;
    } catch (error) {
      if (error instanceof RegistrationClosedError || error instanceof InvitationRequiredError || error instanceof DomainNotAllowedError)
        return false;
      throw error;
    }
  }

  /** Lets the reader of an invitation in: an administrator has decided. */
  admitInvited(email: string): Admission {
    return Admission.of(email);
  }

  /** Lets an administrator or the operator of the server make an account. */
  admitByOperator(email: string | null): Admission {
    return Admission.of(email);
  }

  /** An account was made for somebody who has proven its address. Joins the caller's transaction. */
  async welcome(account: Account, caller: Caller): Promise<void> {
    await this.guests?.arrive(account, caller);
  }

  /**
   * An account gets another address by its owner.
   * @throws DomainNotAllowedError
   */
  demandDomain(email: string | null): void {
    const { REGISTRATION_DOMAINS: allowed } = this.settings;
    if (allowed.length === 0) return;
    const domain = email === null ? null : domainOf(email);
    if (domain !== undefined && (domain === null || !isAllowedDomain(domain, allowed))) throw new DomainNotAllowedError();
  }
}

/** In canonical form; undefined for what is no address. */
function domainOf(email: string): string | undefined {
  try {
    const { key } = fromEmail(email);
    return key.slice(key.lastIndexOf('@') + 1);
  } catch (error) {
    if (error instanceof InvalidRequestError) return undefined;
    throw error;
  }
}
