import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { ProofRequiredError } from '../passwords/errors.js';
import { PasswordCheck } from '../passwords/password-check.service.js';
import { EmailReplacement } from './email-replacement.service.js';

const PURPOSE = 'confirm-new-email';

/**
 * How the reader of a link shows that the account is theirs: its password, or a session of it. A stranger who put the reader's
 * address to an account of their own has neither to offer.
 */
export type AccountProof = { password: string } | { userId: string };

/** Changing the e-mail address of an account, by the code or link that went to the new one. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly contacts: ContactsService,
    private readonly passwords: PasswordCheck,
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
    private readonly replacement: EmailReplacement,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Changes the address by the code, typed by somebody who is signed in to the account.
   * @throws InvalidChallengeError, ChallengeExpiredError, EmailTakenError, ThrottledError
   */
  confirmByCode(userId: string, code: string, caller: Caller): Promise<Account> {
    return this.confirm(userId, caller, () => this.challenges.checkCode(PURPOSE, userId, code));
  }

  /**
   * Changes the address by the link.
   * @throws InvalidChallengeError, also when the session is of another account; ChallengeExpiredError, ProofRequiredError,
   *   BadCredentialsError, EmailTakenError, ThrottledError, BusyError
   */
  confirmByLink(token: string, proof: AccountProof | null, caller: Caller): Promise<Account> {
    return this.confirm(null, caller, async () => {
      const challenge = await this.challenges.checkLink(PURPOSE, token);
      if (proof === null) throw new ProofRequiredError();
      if ('password' in proof) await this.passwords.byId(challenge.userId, proof.password, caller);
      else if (proof.userId !== challenge.userId) throw new InvalidChallengeError();
      return challenge;
    });
  }

  /**
   * What a link is about, for the page that it opens. Consumes nothing: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspectLink(token: string): Promise<{ address: string }> {
    const { address } = await this.challenges.checkLink(PURPOSE, token);
    return { address };
  }

  private confirm(subjectId: string | null, caller: Caller, check: () => Promise<ProvenChallenge>): Promise<Account> {
    return this.mailed.attempt(PURPOSE, { caller, subjectId }, async () => {
      const challenge = await check();
      return this.database.transaction(() => this.complete(challenge, caller));
    });
  }

  private async complete(challenge: ProvenChallenge, caller: Caller): Promise<Account> {
    // The account's row before the challenge's, as when a password is changed: in another order the two could block each other.
    const { account } = await this.contacts.lock(challenge.userId);
    if (account.disabledAt !== null) throw new InvalidChallengeError();
    await this.challenges.consume(challenge);
    return this.replacement.replace(account, this.contacts.readEmail(challenge.address), { proven: true, caller });
  }
}
