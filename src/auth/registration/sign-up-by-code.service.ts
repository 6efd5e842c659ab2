import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { negotiate } from '../../languages/locales.js';
import { UsersService } from '../../users/users.service.js';
import { RegistrationPolicy } from '../admission/registration-policy.service.js';
import { TakenContacts } from '../contacts/taken-contacts.service.js';

/** That somebody reads the mail to an address. */
export interface AddressProof {
  email: string;
  /** Uses it up; false when another request was faster. */
  use(): Promise<boolean>;
  /** What was stored for nobody is the account's. */
  belongsTo(userId: string): Promise<void>;
}

/** Accounts that begin with a proof of their address, and without a password. */
@Injectable()
export class SignUpByCode {
  constructor(
    private readonly users: UsersService,
    private readonly policy: RegistrationPolicy,
    private readonly taken: TakenContacts,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes the account of a proven address: both, and the use of the proof, or nothing.
   * @throws InvalidChallengeError when it was used; EmailTakenError when somebody has registered the address meanwhile; RegistrationClosedError,
   *   InvitationRequiredError, DomainNotAllowedError, ThrottledError, HookDeniedError, HookUnavailableError
   */
  async register(proof: AddressProof, caller: Caller): Promise<Account> {
    const { email } = proof;
    const candidate = await this.policy.admitProven(email);
    await this.throttle.takeFrom('register', caller);
    const locale = negotiate(caller.acceptLanguage);
    const admission = await this.policy.decide(candidate, { method: 'email_code', locale }, caller);
    const draft = this.users.draft({ email, locale, passwordHash: null }, admission);
    const { id } = draft;
    const store = (): Promise<Account> =>
      this.database.transaction(async () => {
        if (!(await proof.use())) throw new InvalidChallengeError();
        const event = { outcome: 'success', actorId: id, subjectId: id, caller } as const;
        await this.users.insert(draft, (created) => this.audit.recording({ action: 'account.registered', ...event }, created));
        if (!(await this.users.markEmailVerified(id, email, 'by-owner'))) throw new InvalidChallengeError();
        await this.users.closeToPasswords(id);
        await proof.belongsTo(id);
        await this.audit.record({ action: 'email.verified', ...event });
        await this.policy.welcome(await this.users.getById(id), caller);
        return this.users.getById(id);
      });
    try {
      return await store();
    } catch (error) {
      if (await this.taken.givesWay(error, { email })) return store();
      throw error;
    }
  }
}
