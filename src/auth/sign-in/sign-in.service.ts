import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ThrottledError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { SessionRefusedError } from '../../tokens/sessions/errors.js';
import { type IssuedTokens, SessionsService } from '../../tokens/sessions/sessions.service.js';
import type { Account, Credentials } from '../../users/account.js';
import { UsersService } from '../../users/users.service.js';
import { EmailVerificationMails } from '../contacts/email-verification-mails.service.js';
import { AccountDisabledError, NotActivatedError, UnverifiedError } from './errors.js';
import { BadCredentialsError } from '../passwords/errors.js';
import { PasswordCheck } from '../passwords/password-check.service.js';
import { PasswordHasher } from '../passwords/password-hasher.service.js';

/** What the app that somebody signs in to asks for. */
export interface SignInOptions {
  /** `latchkey` for the core's own API, a contract's slug otherwise. */
  clientId: string;
  /** Whether the refresh token may mint access tokens without rotating. */
  mintsAccess?: boolean;
  /** What the account must be, beside what `SIGN_IN_REQUIRES` demands of all. */
  requires?: 'verified-email' | 'activated';
}

/** A successful sign-in. */
export interface SignedIn {
  account: Account;
  tokens: IssuedTokens;
}

/** Signing in with an identifier and a password. */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly passwords: PasswordCheck,
    private readonly hasher: PasswordHasher,
    private readonly verification: EmailVerificationMails,
    private readonly throttle: ThrottleService,
    private readonly audit: AuditService,
    private readonly settings: Settings,
  ) {}

  /**
   * Opens a session for whoever knows the password. Whoever is refused for an address that is not proven where an app requires
   * that gets a fresh code for it.
   * @throws BadCredentialsError (unknown identifier and wrong password alike); after the right password AccountDisabledError,
   *   UnverifiedError, NotActivatedError; ThrottledError, BusyError
   */
  async signIn(identifier: string, password: string, options: SignInOptions, caller: Caller): Promise<SignedIn> {
    const { clientId, mintsAccess, requires } = options;
    const credentials = await this.passwords.byIdentifier(identifier, password, caller);
    const { account, sessionEpoch } = credentials;
    if (account.disabledAt !== null) return this.refuse(new AccountDisabledError(), account, caller);
    // First, for who is refused here gets a mail.
    if (requires === 'verified-email' && account.emailVerifiedAt === null) {
      await this.sendCode(account, caller);
      return this.refuse(new UnverifiedError(), account, caller);
    }
    if (this.settings.SIGN_IN_REQUIRES === 'verified' && account.emailVerifiedAt === null && account.mobileVerifiedAt === null) {
      return this.refuse(new UnverifiedError(), account, caller);
    }
    if (requires === 'activated' && account.activatedAt === null) return this.refuse(new NotActivatedError(), account, caller);
    await this.upgradeHash(credentials, password);
    const subject = { id: account.id, roles: account.roles, emailVerified: account.emailVerifiedAt !== null };
    try {
      const event = { action: 'session.opened', outcome: 'success', actorId: account.id, subjectId: account.id, caller } as const;
      const tokens = await this.sessions.open({ subject, sessionEpoch, clientId, mintsAccess, caller }, (opened) => [
        this.users.signInNote(account.id, opened),
        this.audit.recording({ ...event, details: { clientId } }, opened),
      ]);
      return { account, tokens };
    } catch (error) {
      // The password was changed, or the account disabled, while it was being compared.
      if (error instanceof SessionRefusedError) return this.refuse(new BadCredentialsError(), account, caller);
      throw error;
    }
  }

  /** Unless the caller's network has caused too many mails: the refusal is the same. */
  private async sendCode(account: Account, caller: Caller): Promise<void> {
    try {
      await this.throttle.take({ limit: 'mail-request', of: networkOf(caller.ip) }, caller);
    } catch (error) {
      if (error instanceof ThrottledError) return;
      throw error;
    }
    await this.verification.send(account);
  }

  private async upgradeHash({ account, passwordHash }: Credentials, password: string): Promise<void> {
    if (passwordHash === null || !this.hasher.isWeak(passwordHash)) return;
    await this.users.replaceHash(account.id, passwordHash, await this.hasher.hash(password));
  }

  private async refuse(
    error: BadCredentialsError | AccountDisabledError | UnverifiedError | NotActivatedError,
    account: Account,
    caller: Caller,
  ): Promise<never> {
    await this.audit.record({
      action: 'session.opened',
      outcome: 'failure',
      subjectId: account.id,
      caller,
      details: { reason: error.code },
    });
    throw error;
  }
}
