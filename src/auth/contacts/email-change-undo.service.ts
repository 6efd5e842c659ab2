import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { ChallengeClosing } from '../../tokens/challenges/challenge-closing.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import type { ConfirmedChange } from '../../users/confirmed-change.js';
import { ContactsService } from '../../users/contacts.service.js';
import { UsersService } from '../../users/users.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { type HashedPassword, NewPasswords } from '../passwords/new-passwords.service.js';
import { TakeoverService } from '../passwords/takeover.service.js';

const PURPOSE = 'undo-email-change';

const RULES = { field: 'newPassword' } as const;

/** Taking an account back by the link that its former address got: whoever changed the address knew the password, or had a session. */
@Injectable()
export class EmailChangeUndoService {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: ContactsService,
    private readonly challenges: ChallengesService,
    private readonly closing: ChallengeClosing,
    private readonly mailed: MailedChallenges,
    private readonly newPasswords: NewPasswords,
    private readonly takeover: TakeoverService,
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
    if (newPassword !== undefined) this.newPasswords.check(newPassword, RULES);
    return this.mailed.tryLink(PURPOSE, token, caller, async (challenge) => {
      const password =
        newPassword === undefined
          ? 'locked'
          : ({ hash: await this.hashFor(challenge, newPassword, caller), event: 'password.changed' } as const);
      const claim = (change: ConfirmedChange<'takeover'>): Promise<void> => this.giveBack(change, challenge, caller);
      await this.takeover.complete({ challenge, claim, password, factor: 'not-asked' }, caller);
      return challenge.address;
    });
  }

  private async hashFor({ userId, address }: ProvenChallenge, newPassword: string, caller: Caller): Promise<HashedPassword> {
    const { username, roles } = await this.users.getById(userId);
    return this.newPasswords.hash(newPassword, { username, email: address, roles }, RULES, caller);
  }

  private async giveBack(change: ConfirmedChange<'takeover'>, challenge: ProvenChallenge, caller: Caller): Promise<void> {
    await this.closing.closeNewer(PURPOSE, challenge);
    // The address that goes may be a thief's: it is not held.
    await this.contacts.changeEmail(change, this.contacts.readEmail(challenge.address), { proven: true, holdSeconds: 0 });
    const { userId } = challenge;
    await this.audit.record({ action: 'email.change_undone', outcome: 'success', actorId: userId, subjectId: userId, caller });
  }
}
