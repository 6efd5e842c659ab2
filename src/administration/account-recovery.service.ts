import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { AccountDisabledError } from '../auth/sign-in/errors.js';
import { Catalogue } from '../common/catalogue.js';
import { Settings } from '../config/settings.js';
import { DatabaseService } from '../database/database.service.js';
import { ChallengesService } from '../tokens/challenges/challenges.service.js';
import type { Account } from '../users/account.js';
import { ContactsService } from '../users/contacts.service.js';
import { UserNotFoundError } from '../users/errors.js';
import { StandingService } from '../users/standing.service.js';
import { UsersService } from '../users/users.service.js';

const PURPOSE = 'reset-password';

/** A link that was made to be handed over. */
export interface RecoveryLink {
  account: Account;
  link: string;
  expiresAt: Date;
}

/** Lets the owner of an account in again, at the request of whoever runs the server: also where no mail and no text message reaches them. */
@Injectable()
export class AccountRecoveryService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly standing: StandingService,
    private readonly challenges: ChallengesService,
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Lifts the lock that wrong passwords brought. Rate limits that running servers count end by themselves.
   * @param identifier an e-mail address, a username, a mobile number or an id
   * @throws UserNotFoundError, PasswordEndedError
   */
  async unlock(identifier: string): Promise<Account> {
    const account = await this.find(identifier);
    await this.database.transaction(async () => {
      await this.standing.unlock(account.id, undefined);
      await this.audit.record({ action: 'password.unlocked', outcome: 'success', subjectId: account.id });
    });
    return account;
  }

  /**
   * A link to choose a new password, which works once and proves no address. Nothing is mailed. Earlier mailed codes and links of the
   * account for the same purpose are dead.
   * @param identifier as above
   * @throws UserNotFoundError, AccountDisabledError
   */
  async makeResetLink(identifier: string): Promise<RecoveryLink> {
    const account = await this.find(identifier);
    if (account.disabledAt !== null) throw new AccountDisabledError();
    const { id } = await this.database.transaction(async () => {
      await this.audit.record({ action: 'password.reset_link_made', outcome: 'success', subjectId: account.id });
      return this.challenges.issue({ userId: account.id, purpose: PURPOSE, address: '', askedFrom: null });
    });
    const secrets = await this.challenges.reveal(id);
    if (secrets === null) throw new Error('The link was replaced at the same moment; make another one');
    const link = `${this.settings.PUBLIC_URL}${this.catalogue.purposes[PURPOSE].page}?token=${secrets.token}`;
    return { account, link, expiresAt: secrets.expiresAt };
  }

  /**
   * The account that an operator means.
   * @param identifier as above
   * @throws UserNotFoundError
   */
  async find(identifier: string): Promise<Account> {
    const account = (await this.contacts.findByIdentifierOrRecovery(identifier)) ?? (await this.users.findById(identifier.trim()));
    if (account === null) throw new UserNotFoundError();
    return account;
  }
}
