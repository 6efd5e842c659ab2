import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { ForcedResetService } from '../passwords/forced-reset.service.js';
import { PasswordReplacement } from '../passwords/password-replacement.service.js';

const PURPOSE = 'undo-email-change';

const RULES = { field: 'newPassword' } as const;

/** Taking an account back by the link that its former address got: whoever changed the address knew the password, or had a session. */
@Injectable()
export class EmailChangeUndoService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
    private readonly replacement: PasswordReplacement,
    private readonly forced: ForcedResetService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Whose address the account would get back, for the page that the link opens. Consumes nothing: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspectLink(token: string): Promise<{ address: string }> {
    const { address } = await this.challenges.checkLink(PURPOSE, token);
    return { address };
  }

  /**
   * Gives the account the address of the link again, proven. All sessions end, every open code and link dies, and so do the ways
   * back to later addresses; those to earlier ones stay. The old password opens nothing any more: a new one is set, or else the
   * password is locked and a reset goes to the address.
   * @returns the address
   * @throws InvalidRequestError, InvalidChallengeError, ChallengeExpiredError, EmailTakenError, ThrottledError, BusyError
   */
  async undo(token: string, newPassword: string | undefined, caller: Caller): Promise<string> {
    if (newPassword !== undefined) this.replacement.check(newPassword, RULES);
    return this.mailed.attempt(PURPOSE, { caller }, async () => {
      const challenge = await this.challenges.checkLink(PURPOSE, token);
      const passwordHash = newPassword === undefined ? null : await this.hashFor(challenge, newPassword);
      await this.database.transaction(() => this.complete(challenge, passwordHash, caller));
      if (passwordHash !== null) await this.replacement.forgive(challenge.userId, caller);
      return challenge.address;
    });
  }

  private async hashFor({ userId, address }: ProvenChallenge, newPassword: string): Promise<string> {
    const { username } = await this.users.getById(userId);
    return this.replacement.hash(newPassword, { username, email: address }, RULES);
  }

  private async complete(challenge: ProvenChallenge, passwordHash: string | null, caller: Caller): Promise<void> {
    const { userId, address } = challenge;
    // The account's row before the challenge's, as when a password is changed: in another order the two could block each other.
    if ((await this.contacts.lock(userId)).account.disabledAt !== null) throw new InvalidChallengeError();
    await this.challenges.consume(challenge);
    await this.challenges.closeNewer(PURPOSE, challenge);
    // The address that goes may be a thief's: it is not held.
    const account = await this.contacts.changeEmail(userId, this.contacts.readEmail(address), { proven: true, holdSeconds: 0 });
    const act = { outcome: 'success', actorId: userId, subjectId: userId, caller } as const;
    await this.audit.record({ action: 'email.change_undone', ...act });
    if (passwordHash === null) return this.forced.demand(account, address, 'email-change-undone', { caller });
    await this.replacement.replace(account, passwordHash, caller);
    await this.audit.record({ action: 'password.changed', ...act });
  }
}
