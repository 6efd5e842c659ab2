import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { ContactsService } from '../../users/contacts.service.js';
import { RegistrationPolicy } from '../admission/registration-policy.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { CredentialChange } from '../passwords/credential-change.service.js';
import type { Evidence } from '../passwords/evidence.js';
import { ProofRequiredError } from '../passwords/errors.js';
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
    private readonly policy: RegistrationPolicy,
    private readonly gate: CredentialChange,
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
    private readonly replacement: EmailReplacement,
    private readonly database: DatabaseService,
  ) {}

  /**
   * Changes the address by the code, typed by somebody who is signed in to the account.
   * @throws InvalidChallengeError, ChallengeExpiredError, DomainNotAllowedError, EmailTakenError, ThrottledError
   */
  confirmByCode(userId: string, code: string, caller: Caller): Promise<Account> {
    return this.mailed.tryCode(PURPOSE, userId, code, caller, (challenge) => this.complete(challenge, { challenge }, caller));
  }

  /**
   * Changes the address by the link.
   * @throws InvalidChallengeError, also when the session is of another account; ChallengeExpiredError, ProofRequiredError,
   *   BadCredentialsError, DomainNotAllowedError, EmailTakenError, ThrottledError, BusyError
   */
  confirmByLink(token: string, proof: AccountProof | null, caller: Caller): Promise<Account> {
    return this.mailed.tryLink(PURPOSE, token, caller, async (challenge) => {
      if (proof === null) throw new ProofRequiredError();
      if ('userId' in proof && proof.userId !== challenge.userId) throw new InvalidChallengeError();
      const evidence = 'password' in proof ? { password: proof.password, challenge } : { challenge };
      return this.complete(challenge, evidence, caller);
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

  private async complete({ address }: ProvenChallenge, evidence: Evidence, caller: Caller): Promise<Account> {
    const authorization = await this.gate.authorize(null, 'email', evidence, caller);
    const email = this.contacts.readEmail(address);
    // It may have been asked for before the rule was there.
    this.policy.demandDomain(email.stored);
    return this.database.transaction(async () =>
      this.replacement.replace(await this.gate.confirm(authorization), email, { proven: true, caller }),
    );
  }
}
