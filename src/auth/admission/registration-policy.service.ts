import { Injectable } from '@nestjs/common';
import { InvalidRequestError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { Admission } from '../../users/admission.js';
import { fromEmail } from '../../users/identifiers.js';
import { isAllowedDomain } from './allowed-domains.js';
import { DomainNotAllowedError, RegistrationClosedError } from './errors.js';

/**
 * Decides who may have an account. Every way to make one asks here: the accounts of `UsersService` take an `Admission`, and nobody else makes
 * one. It never looks who is registered, so that no answer depends on that.
 */
@Injectable()
export class RegistrationPolicy {
  constructor(private readonly settings: Settings) {}

  /** @throws RegistrationClosedError where nobody makes an account without an administrator */
  demandOpen(): void {
    if (this.settings.REGISTRATION === 'closed') throw new RegistrationClosedError();
  }

  /**
   * Lets somebody register by themselves.
   * @param email as they wrote it, or null for none. One that cannot be read is admitted, and refused as an address later
   * @throws RegistrationClosedError, DomainNotAllowedError
   */
  admit(email: string | null): Admission {
    this.demandOpen();
    this.demandDomain(email);
    return Admission.of(email);
  }

  /** Whether somebody could register with this address. */
  admits(email: string): boolean {
    try {
      this.admit(email);
      return true;
    } catch (error) {
      if (error instanceof RegistrationClosedError || error instanceof DomainNotAllowedError) return false;
      throw error;
    }
  }

  /** Lets an administrator or the operator of the server make an account. */
  admitByOperator(email: string | null): Admission {
    return Admission.of(email);
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
