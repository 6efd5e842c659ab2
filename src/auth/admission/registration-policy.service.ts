import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { CORE_CLIENT_ID } from '../../common/principal.js';
import { Settings } from '../../config/settings.js';
import type { SignUp } from '../../hooks/hook-request.js';
import { Hooks } from '../../hooks/hooks.service.js';
import type { Account } from '../../users/account.js';
import { Admission } from '../../users/admission.js';
import { fromEmail } from '../../users/identifiers.js';
import { isAllowedDomain } from './allowed-domains.js';
import { Candidate } from './candidate.js';
import { DomainNotAllowedError, InvitationRequiredError, RegistrationClosedError } from './errors.js';

/** Who is invited. */
export interface Guests {
  /** Whether an invitation of the address is open. */
  isInvited(email: string): Promise<boolean>;
  /** An account was made for somebody who has proven its address. Joins the caller's transaction. */
  arrive(account: Account, caller: Caller): Promise<void>;
}

/** How somebody signs up, with what else they gave. */
export type Applicant = Pick<SignUp, 'method'> & {
  [Name in Exclude<keyof SignUp, 'method' | 'email' | 'emailProven'>]?: SignUp[Name] | undefined;
};

/**
 * Decides who may have an account. Every way to make one asks here: the accounts of `UsersService` take an `Admission`, and nobody else makes
 * one. For people who sign up themselves that takes two steps: the settings let a `Candidate` in, and behind all other checks `decide` asks the
 * operator's hook. It never looks who is registered, so that no answer depends on that.
 */
@Injectable()
export class RegistrationPolicy {
  private guests: Guests | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly hooks: Hooks,
  ) {}

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
  admit(email: string | null): Candidate {
    this.demandOpen();
    this.demandDomain(email);
    return new Candidate(email, false);
  }

  /**
   * The same for somebody who has shown to read the address: an invitation of it is enough, of whatever domain it is.
   * @throws RegistrationClosedError, InvitationRequiredError, DomainNotAllowedError
   */
  async admitProven(email: string): Promise<Candidate> {
    this.demandNotClosed();
    if ((await this.guests?.isInvited(email)) !== true) this.admit(email);
    return new Candidate(email, true);
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
  admitInvited(email: string): Candidate {
    return new Candidate(email, true);
  }

  /**
   * Asks the operator's hook, where there is one. Belongs outside a transaction, behind limits, proofs and checks of everything that was given,
   * and before anybody looks who is registered.
   * @throws HookDeniedError, HookUnavailableError
   */
  async decide({ email, isProven }: Candidate, applicant: Applicant, caller: Caller): Promise<Admission> {
    const { method, clientId = CORE_CLIENT_ID, ...given } = applicant;
    await this.hooks.beforeSignUp({ ...NOTHING_GIVEN, ...stripped(given), method, clientId, email, emailProven: isProven }, caller);
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

const NOTHING_GIVEN = { mobile: null, username: null, firstName: null, lastName: null, locale: null, provider: null };

/** Only what the hook is told: whoever signs up gave more, a password too. */
function stripped(given: Omit<Applicant, 'method' | 'clientId'>): Partial<typeof NOTHING_GIVEN> {
  const names = Object.keys(NOTHING_GIVEN) as (keyof typeof NOTHING_GIVEN)[];
  return Object.fromEntries(names.map((name) => [name, given[name] ?? null]));
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
