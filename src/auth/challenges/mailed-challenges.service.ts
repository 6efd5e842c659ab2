import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import type { CodeDigits } from '../../common/capability.js';
import { Catalogue } from '../../common/catalogue.js';
import { newId } from '../../common/ids.js';
import type { ChallengePurpose, MailKind } from '../../common/declared.js';
import type { Part } from '../../database/part.js';
import { OutboxService } from '../../mail/outbox.service.js';
import type { About } from '../../mail/writing/about.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { type ProvenChallenge, ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { LeftChallenges } from '../../tokens/challenges/left-challenges.service.js';
import { ChallengeExpiredError, InvalidChallengeError } from '../../tokens/challenges/errors.js';
import type { Account } from '../../users/account.js';
import { askedFrom } from './asked-from.js';
import { CodeAlarm } from './code-alarm.service.js';
import { MailBudget } from './mail-budget.service.js';

/** Whose mail it is. */
type Reader = Pick<Account, 'id' | 'locale' | 'firstName'>;

/** What one mail has beside the purpose's row. */
export interface MailTerms {
  /** Where the page behind the link leads back to, checked by `ReturnUrls`. */
  returnTo?: string | null;
  /** Lifetime of code and link, seconds. Default: as the purpose's row says. */
  ttlSeconds?: number | undefined;
  /** Who asked for it, where the mail names device and IP address. */
  askedBy?: Caller;
  /** What the mail is about. */
  about?: About;
  /** Another mail than that of the purpose's row. */
  mail?: MailKind;
  /** Who asked for the code, and will try it: that network has tries of its own. Null where its owner did not ask. */
  triedBy: Caller | null;
  /** Length of the code. Default: as the purpose's row says. */
  codeDigits?: CodeDigits | undefined;
  /** The contract through which it is asked for. Default: the API of the core. */
  clientId?: string | undefined;
  /** `kept`: an earlier code and link for the same address stay good until one of the two is used. Default: they die. */
  earlier?: 'kept' | undefined;
  /** `false` makes the code and the link, which closes earlier ones, and queues no mail. */
  delivered?: boolean;
}

/** What a deleted account may have left for whoever registers its address or number next. */
export interface LeftFor {
  purpose: 'confirm-email' | 'confirm-mobile';
  address: string;
}

/** Who tries a code or link. */
interface Attempt {
  caller: Caller;
  /** The account that it is about, where that is known before. */
  subjectId?: string | null;
}

/** What is done with a code or link that was found right. It is still to be used up. */
type Redeem<T> = (challenge: ProvenChallenge) => Promise<T>;

/** Codes and links of accounts: made and mailed in one call, and tried under one throttle, every failure on record. */
@Injectable()
export class MailedChallenges {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly left: LeftChallenges,
    private readonly outbox: OutboxService,
    private readonly budget: MailBudget,
    private readonly alarm: CodeAlarm,
    private readonly throttle: ThrottleService,
    private readonly audit: AuditService,
    private readonly catalogue: Catalogue,
  ) {}

  /**
   * Counts a request that may cause a mail.
   * @throws ThrottledError when the caller's network has made too many
   */
  admitRequest(caller: Caller): Promise<void> {
    return this.throttle.takeFrom('mail-request', caller);
  }

  /**
   * Decides about a mail that strangers can ask for, and counts it. Strangers can use up the share of an address, which must not keep
   * its owner out: an account without a code that works gets one nevertheless, so there is always one mail that works; and who asks in vain
   * has tries of that one.
   * @param address null where no mail is to go out
   * @param isProven whether somebody has proven to read it
   * @param caller who asks, and will try the code; null where its owner does not ask
   * @returns the challenge that works already (null for none), and whether to send another
   */
  async plan(
    purpose: ChallengePurpose,
    userId: string,
    address: string | null,
    { isProven, caller }: { isProven: boolean; caller: Caller | null },
  ): Promise<{ live: string | null; due: boolean }> {
    const live = await this.challenges.findLive(userId, purpose);
    if (address === null) return { live, due: false };
    const due = await this.budget.spend(address, { needed: live === null, isProven });
    if (!due && caller !== null) await this.challenges.join(userId, purpose, address, caller.ip);
    return { live, due };
  }

  /**
   * Makes a code and a link and queues the purpose's mail with them; earlier ones of the account for this purpose are dead from then on,
   * unless they are to be kept. Belongs into the caller's transaction.
   * @returns the challenge's id
   */
  async send(purpose: ChallengePurpose, reader: Reader, address: string, terms: MailTerms): Promise<string> {
    const { returnTo = null, ttlSeconds, askedBy, about, triedBy, codeDigits, clientId, earlier, mail, delivered = true } = terms;
    const { id: userId, locale, firstName } = reader;
    const { id: challengeId, expiresAt } = await this.challenges.issue({
      userId,
      purpose,
      address,
      ttlSeconds,
      returnTo,
      codeDigits,
      clientId,
      askedFrom: triedBy?.ip ?? null,
      earlier,
    });
    if (delivered) {
      const params = { firstName, ...(askedBy && askedFrom(askedBy)), ...(about === undefined ? {} : { about }) };
      const kind = mail ?? this.mailOf(purpose);
      const { acceptLanguage } = triedBy ?? {};
      await this.outbox.enqueue({ kind, recipient: address, userId, locale, acceptLanguage, params, challengeId, expiresAt });
    }
    return challengeId;
  }

  /** The same, but a code and link of which half the lifetime is left go out once more in place of new ones, and are the asker's, too. */
  async sendAgain(
    purpose: ChallengePurpose,
    reader: Reader,
    address: string,
    terms: Pick<MailTerms, 'codeDigits' | 'clientId'> & { triedBy: Caller },
  ): Promise<void> {
    const { id: userId, locale, firstName } = reader;
    const fresh = await this.challenges.joinFresh(userId, purpose, address, terms.triedBy.ip);
    if (fresh === null) {
      await this.send(purpose, reader, address, terms);
      return;
    }
    const { id: challengeId, expiresAt } = fresh;
    const kind = this.mailOf(purpose);
    const dedupeKey = `${kind}:${challengeId}:${newId()}`;
    const { acceptLanguage } = terms.triedBy;
    const params = { firstName };
    await this.outbox.enqueue({ kind, recipient: address, userId, locale, acceptLanguage, params, challengeId, expiresAt, dedupeKey });
  }

  /** The same as `send` for an account that is being made, as parts of that statement, of which `created` has the `id`. */
  sending(
    purpose: ChallengePurpose,
    reader: Reader,
    address: string,
    { returnTo, triedBy, codeDigits, clientId }: Pick<MailTerms, 'returnTo' | 'triedBy' | 'codeDigits' | 'clientId'>,
    created: string,
  ): Part[] {
    const { id: userId, locale, firstName } = reader;
    const request = { userId, purpose, address, returnTo, codeDigits, clientId, askedFrom: triedBy?.ip ?? null };
    const { id: challengeId, part } = this.challenges.issuing(request, created);
    const { acceptLanguage } = triedBy ?? {};
    const mail = { kind: this.mailOf(purpose), recipient: address, userId, locale, acceptLanguage, params: { firstName }, challengeId };
    return [part, this.outbox.queueing(mail, part.as)];
  }

  /** Part of the statement that makes an account, of which `created` has the `id`; see `LeftChallenges.demandingNone`. */
  demandingNoneLeft(wanted: readonly LeftFor[], created: string): Part {
    return this.left.demandingNone(wanted, created);
  }

  /** Whether an account was not made because of that part: it is to be made again, and then adopts. */
  isLeft(error: unknown): boolean {
    return this.left.isLeft(error);
  }

  /**
   * Gives an account that was made just now a code and link that a deleted account with the same address or number left, and that may be on
   * their way to its owner. A mail that was queued then has those. Belongs into the transaction that makes the account, after it.
   */
  async adopt({ purpose, address }: LeftFor, userId: string, triedBy: Caller): Promise<void> {
    const adopted = await this.left.adopt({ purpose, userId, address, askedFrom: triedBy.ip });
    if (adopted !== null) await this.outbox.redirect(adopted);
  }

  /**
   * Checks a link that was opened, and hands what it proves to `redeem`. Counts as a try; see `onRecord`.
   * @throws InvalidChallengeError, ChallengeExpiredError, ThrottledError, and what `redeem` throws
   */
  async tryLink<T>(purpose: ChallengePurpose, token: string, caller: Caller, redeem: Redeem<T>): Promise<T> {
    await this.admitAttempt(caller);
    return this.onRecord(purpose, { caller }, async () => redeem(await this.challenges.checkLink(purpose, token)));
  }

  /**
   * The same with a code that somebody typed for an account. A wrong one counts against the account's code, too.
   * @throws InvalidChallengeError, ChallengeExpiredError, ThrottledError, and what `redeem` throws
   */
  async tryCode<T>(purpose: ChallengePurpose, userId: string, code: string, caller: Caller, redeem: Redeem<T>): Promise<T> {
    await this.admitAttempt(caller);
    const attempt = { caller, subjectId: userId };
    return this.onRecord(purpose, attempt, async () => redeem(await this.checkCode(purpose, userId, code, caller)));
  }

  /**
   * The account's challenge if the code is right; see `ChallengesService.checkCode`. Belongs into `onRecord`.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async checkCode(purpose: ChallengePurpose, userId: string, code: string, { ip }: Caller): Promise<ProvenChallenge> {
    try {
      return await this.challenges.checkCode(purpose, userId, code, ip);
    } catch (error) {
      if (error instanceof InvalidChallengeError) await this.alarm.note();
      throw error;
    }
  }

  /**
   * Counts a try of a code or link, whatever comes of it.
   * @throws ThrottledError when the caller's network has tried too many
   */
  admitAttempt(caller: Caller): Promise<void> {
    return this.throttle.takeFrom('code-network', caller);
  }

  /**
   * Runs `work`; a code or link in it that is not right goes on record as a failure of the purpose's event. The record is written after
   * the transaction of `work` was rolled back, so it stays although the request fails.
   * @throws what `work` throws
   */
  async onRecord<T>(purpose: ChallengePurpose, { caller, subjectId = null }: Attempt, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof InvalidChallengeError || error instanceof ChallengeExpiredError) {
        const { event: action } = this.catalogue.purposes[purpose];
        await this.audit.record({ action, outcome: 'failure', subjectId, caller, details: { reason: error.code } });
      }
      throw error;
    }
  }

  private mailOf(purpose: ChallengePurpose) {
    const { mail } = this.catalogue.purposes[purpose];
    if (mail === null) throw new Error(`There is no mail for ${purpose}`);
    return mail;
  }
}
