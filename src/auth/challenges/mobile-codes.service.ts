import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { Catalogue } from '../../common/catalogue.js';
import type { ChallengePurpose } from '../../common/declared.js';
import { ThrottledError } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import { Languages } from '../../languages/languages.service.js';
import { tagOf } from '../../languages/locales.js';
import { SmsQueue, type TextMessage } from '../../sms/sms-queue.service.js';
import { TextDestinations } from '../../sms/text-destinations.service.js';
import { type Bucket, ThrottleService } from '../../throttling/throttle.service.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { UsersService } from '../../users/users.service.js';
import { SmsNotConfiguredError } from './errors.js';
import { KEPT_SHARE } from './mail-budget.service.js';

/** What a code that was texted can be good for. */
export type MobilePurpose = Extract<ChallengePurpose, 'confirm-mobile' | 'activate-account' | 'reset-password-by-text'>;

/** Where no text message goes, none will go soon, seconds. */
const UNREACHED_SECONDS = 86_400;

const TOTAL: Bucket = { limit: 'sms-total', of: 'all' };

/** Codes in text messages. Each costs money and rings a phone, so they are capped per number, per account and over all. */
@Injectable()
export class MobileCodes implements OnModuleInit {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly queue: SmsQueue,
    private readonly destinations: TextDestinations,
    private readonly throttle: ThrottleService,
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
    private readonly users: UsersService,
    private readonly languages: Languages,
  ) {}

  onModuleInit(): void {
    this.queue.composeWith((challengeId, locale) => this.compose(challengeId, locale));
  }

  /** Whether this server sends text messages. */
  get areSent(): boolean {
    return this.queue.isConfigured;
  }

  /** @throws SmsNotConfiguredError when this server sends no text messages */
  demandConfigured(): void {
    if (!this.areSent) throw new SmsNotConfiguredError();
  }

  /** Whether a number (E.164) may be texted at all; see `TextDestinations`. */
  reaches(number: string): boolean {
    return this.destinations.isAllowed(number);
  }

  /**
   * Counts a message to the proven number of an account that strangers can ask for; nobody is told.
   * @param isNeeded whether no code that went there works
   * @param owner by what the owner is known, who asks: they have a share that strangers cannot use up. Null for strangers
   * @returns whether it may go out
   */
  async spend(userId: string, number: string, { isNeeded, owner }: { isNeeded: boolean; owner: string | null }): Promise<boolean> {
    const own: Bucket = { limit: 'sms-number', of: `account ${userId}` };
    const isWithin = isNeeded || (await refusalOf(() => this.throttle.take(own))) === null;
    if (!isWithin && owner === null) return false;
    return (await refusalOf(() => this.spendOn(number, { isNeeded, isProven: true, owner }))) === null;
  }

  /**
   * Counts a message before it is queued, whether or not it then is, where nobody is told whose a number is: that others have used up its
   * share would tell that they have it.
   * @returns whether the message may go out
   * @throws ThrottledError when the account has had its own share
   */
  async spendPrivately(userId: string, number: string, caller: Caller): Promise<boolean> {
    await this.throttle.take({ limit: 'sms-number', of: `account ${userId}` }, caller);
    return (await refusalOf(() => this.spendOn(number, { isNeeded: false, isProven: false }))) === null;
  }

  /** Counts a notice to a number that its owner has proven. @returns whether it may go out */
  async spendOnNotice(number: string): Promise<boolean> {
    return (await refusalOf(() => this.spendOn(number, { isNeeded: true, isProven: true }))) === null;
  }

  /**
   * Decides about a text message to a number that strangers can ask for, and counts it. Strangers can use up the share of a number, which
   * must not keep its owner out: an account without a code that works gets one nevertheless, from a share of its own, and who asks in vain
   * has tries of the one that works.
   * @param number E.164
   * @param isProven whether somebody has proven to read it: then it may spend what is kept of the total
   * @param byOwner whether the owner of the account asks, who is signed in: then it counts as one of the account's, too
   * @param isOnly whether no other account can ask for texts to the number. Default: yes
   * @param caller who asks, and will try the code
   * @returns the challenge that works already (null for none), and why no text may go out; null when one may
   */
  async plan(
    purpose: MobilePurpose,
    userId: string,
    number: string,
    { isProven, byOwner = false, isOnly = true, caller }: { isProven: boolean; byOwner?: boolean; isOnly?: boolean; caller: Caller },
  ): Promise<{ live: string | null; refusal: ThrottledError | null }> {
    const live = await this.challenges.findLive(userId, purpose);
    const own: Bucket = { limit: 'sms-number', of: `account ${userId}` };
    let refusal = byOwner ? await refusalOf(() => this.throttle.take(own, caller)) : null;
    if (refusal === null) {
      refusal = await refusalOf(() => this.spendOn(number, { isNeeded: live === null && isOnly, isProven }));
      if (refusal !== null && byOwner) await this.throttle.giveBack(own);
    }
    if (refusal !== null) await this.challenges.join(userId, purpose, number, caller.ip);
    return { live, refusal };
  }

  /**
   * Texts the account's code to the number once more if half its lifetime is left, and makes one otherwise; joins the caller's transaction.
   * Where strangers ask, nobody's code then dies on its way.
   * @param number E.164
   * @param triedBy who asked for it, whose network has tries of its own
   */
  async issueAgain(purpose: MobilePurpose, userId: string, number: string, triedBy: Caller): Promise<void> {
    const fresh = await this.challenges.joinFresh(userId, purpose, number, triedBy.ip);
    if (fresh === null) await this.issue(purpose, userId, number, { triedBy });
    else await this.queue.enqueue(fresh.id, { acceptLanguage: triedBy.acceptLanguage });
  }

  /**
   * Makes a code for the account and the number, in place of an earlier one; joins the caller's transaction.
   * @param number E.164
   * @param texted whether it is sent at all
   * @param triedBy who asked for it, whose network has tries of its own
   * @returns the challenge's id
   */
  async issue(
    purpose: MobilePurpose,
    userId: string,
    number: string,
    { texted = true, triedBy }: { texted?: boolean; triedBy: Caller },
  ): Promise<string> {
    const { id } = await this.challenges.issue({ userId, purpose, address: number, askedFrom: triedBy.ip });
    if (texted) await this.queue.enqueue(id, { acceptLanguage: triedBy.acceptLanguage });
    return id;
  }

  /** Told in no header: that would tell whether somebody has the number. */
  private async spendOn(
    number: string,
    { isNeeded, isProven, owner = null }: { isNeeded: boolean; isProven: boolean; owner?: string | null },
  ): Promise<void> {
    if (!this.reaches(number)) throw new ThrottledError(UNREACHED_SECONDS);
    // Accounts can be made and deleted without end, so there is an end to the needed ones, too.
    const shares = [number, ...(isNeeded ? [`needed ${number}`] : []), ...(owner === null ? [] : [`of the owner by ${owner} ${number}`])];
    await this.takeFirst(shares);
    // After the share of the number: one that is asked for again and again uses up nothing of its neighbours'.
    await this.throttle.take({ limit: 'sms-range', of: this.destinations.rangeOf(number) });
    const country = this.destinations.countryOf(number);
    if (country !== this.settings.DEFAULT_REGION) await this.throttle.take({ limit: 'sms-country', of: country });
    await this.throttle.take(TOTAL, undefined, isProven ? 0 : KEPT_SHARE);
  }

  /** Counts for the first share of a number that is not used up. @throws ThrottledError when all are */
  private async takeFirst([share = '', ...further]: readonly string[]): Promise<void> {
    const refusal = await refusalOf(() => this.throttle.take({ limit: 'sms-number', of: share }));
    if (refusal === null) return;
    if (further.length === 0) throw refusal;
    await this.takeFirst(further);
  }

  private async compose(challengeId: string, asked: string | null): Promise<TextMessage | null> {
    const secrets = await this.challenges.reveal(challengeId);
    if (secrets === null) return null;
    const minutes = this.catalogue.purposes[secrets.purpose].ttlSeconds / 60;
    const account = await this.users.findById(secrets.userId);
    const locale = this.languages.localeOf({ locale: tagOf({ locale: account?.locale }) ?? asked });
    const key = secrets.purpose === 'reset-password-by-text' ? 'sms.code-password' : 'sms.code';
    const text = this.languages.text(locale, key, { code: secrets.code, appName: this.settings.APP_NAME, minutes });
    return { to: secrets.address, text };
  }
}

/** How a limit refuses; null when it does not. */
async function refusalOf(take: () => Promise<void>): Promise<ThrottledError | null> {
  try {
    await take();
    return null;
  } catch (error) {
    if (error instanceof ThrottledError) return error;
    throw error;
  }
}
