import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../audit/audit.service.js';
import type { Caller } from '../../../common/caller.js';
import { ChallengeExpiredError, InvalidChallengeError } from '../../../tokens/challenges/errors.js';
import { MailedChallenges } from '../../challenges/mailed-challenges.service.js';
import { type ReturnLink, toReturnLink } from '../../challenges/return-link.js';
import { ReturnUrls } from '../../challenges/return-urls.service.js';
import type { SignInOutcome } from '../../sign-in/sign-in-outcomes.service.js';
import { SignInStarts } from '../../sign-in/sign-in-starts.service.js';
import { SignInCodes } from '../../sign-in-codes/sign-in-codes.service.js';
import { passedByMail } from './email-code-factor.service.js';
import { EmailCodeProofs } from './email-code-proofs.service.js';

/** What the page of a link shows. */
export interface InspectedLink {
  address: string;
  code: string;
  /** Where signing in here leads; null where the link only shows the code. */
  leadsTo: ReturnLink | null;
}

/** A sign-in that a link has begun. */
export interface SignedInHere {
  address: string;
  outcome: SignInOutcome;
  returnLink: ReturnLink;
}

/** Links of mailed codes. One never completes the sign-in that asked for it: whoever began that may be somebody else. */
@Injectable()
export class EmailCodeLinks {
  constructor(
    private readonly codes: SignInCodes,
    private readonly proofs: EmailCodeProofs,
    private readonly starts: SignInStarts,
    private readonly mailed: MailedChallenges,
    private readonly returnUrls: ReturnUrls,
    private readonly audit: AuditService,
  ) {}

  /**
   * What a link is for. Uses nothing up: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspect(token: string): Promise<InspectedLink> {
    const { address, code, returnTo } = await this.codes.checkLink(token);
    return { address, code, leadsTo: toReturnLink(this.returnUrls.stillListed(returnTo)) };
  }

  /**
   * Begins a sign-in of its own with the link, in the browser that asks, which keeps it in cookies. The code of the mail is used up by that.
   * @throws InvalidChallengeError, ChallengeExpiredError, ThrottledError; as `SignInStarts.beginPassed`
   */
  async signInHere(token: string, deviceToken: string | undefined, caller: Caller): Promise<SignedInHere> {
    await this.mailed.admitAttempt(caller);
    try {
      const right = await this.codes.checkLink(token);
      const returnLink = toReturnLink(this.returnUrls.stillListed(right.returnTo));
      if (right.returnTo === null || returnLink === null) throw new InvalidChallengeError();
      const owner = await this.proofs.redeem(right, { isOwner: false }, caller);
      const start = { mode: 'cookie', returnTo: right.returnTo, deviceToken } as const;
      const outcome = await this.starts.beginPassed(passedByMail(owner), start, caller);
      return { address: right.address, outcome, returnLink: outcome.status === 'complete' ? returnLink : goingOn(returnLink, outcome.id) };
    } catch (error) {
      if (error instanceof InvalidChallengeError || error instanceof ChallengeExpiredError) {
        const details = { factor: 'email_code', reason: error.code };
        await this.audit.record({ action: 'factor.checked', outcome: 'failure', subjectId: null, caller, details });
      }
      throw error;
    }
  }
}

/** The same link with the id of the sign-in that goes on there; the browser has its secret. */
function goingOn({ href, host }: ReturnLink, id: string): ReturnLink {
  const url = new URL(href);
  url.searchParams.set('sign_in', id);
  return { href: url.href, host };
}
