import { createRequire } from 'node:module';
import { Injectable } from '@nestjs/common';
import { type Role, areElevated } from '../../common/access.js';
import type { FieldRule } from '../../common/declared.js';
import { InvalidRequestError } from '../../common/errors.js';
import { CORE_CLIENT_ID } from '../../common/principal.js';
import { Settings } from '../../config/settings.js';
import { isBreached } from '../breaches/breached-passwords.js';
import type { ProblemWords } from '../../common/text.js';

/**
 * `core` is ours (NIST SP 800-63B-4 §3.1.1.2); `legacy` is what the adopted wire formats promise their callers, for accounts without
 * elevated roles.
 */
export type PasswordPolicyName = 'core' | 'legacy';

/** Whose password it is to be: it must not be guessable from the names, and the roles decide which policy is kept. */
export interface PasswordOwner {
  roles: readonly Role[];
  email?: string | null | undefined;
  username?: string | null | undefined;
}

/** Which policy a new password has to keep if the account has no elevated role, and under what name its field is reported. */
export interface PasswordRules {
  policy?: PasswordPolicyName;
  field?: string;
}

/**
 * The policy for passwords that an API, or the page behind a link that was asked for through it, takes of accounts without elevated roles.
 * @param clientId a contract's slug; `CORE_CLIENT_ID` or null for the API of the core
 */
export function policyOf(clientId: string | null): PasswordPolicyName {
  return clientId === null || clientId === CORE_CLIENT_ID ? 'core' : 'legacy';
}

/** Longest password, code points. Long enough for any passphrase, short enough to hash. */
export const MAX_PASSWORD_CHARS = 128;

/** Shortest password under the legacy policy, code points. */
const LEGACY_MIN_CHARS = 6;

/** Shorter names are found in too many innocent passwords. */
const MIN_OWNER_WORD_CHARS = 4;

/** What has to be left of a password without its owner's names, characters. */
const MIN_OWN_CHARS = 8;

let common: ReadonlySet<string> | undefined;

/** The most used passwords; read with the first one that is to be set, since unpacking them would take a fortieth of a start. */
function commonPasswords(): ReadonlySet<string> {
  if (common === undefined) {
    const { dictionary } = createRequire(import.meta.url)('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common');
    common = new Set(dictionary['passwords-common'] as readonly string[]);
  }
  return common;
}

/** Decides which passwords may be set. Signing in asks no policy. */
@Injectable()
export class PasswordPolicy {
  constructor(private readonly settings: Settings) {}

  /**
   * Checks a new password. There are no rules about which kinds of characters it holds. Accounts with elevated roles keep the core's
   * policy whatever was asked for.
   * @param field where the caller sent it
   * @returns the policy that it keeps
   * @throws InvalidRequestError with rule `password.too_short`, `password.too_long`, `password.personal`, `password.common` or
   *   `password.breached`
   */
  check(password: string, owner: PasswordOwner, { policy: asked = 'core', field = 'password' }: PasswordRules = {}): PasswordPolicyName {
    const policy = kept(asked, owner);
    const refuse = (rule: FieldRule, detail: string, values?: ProblemWords['values']): never => {
      throw InvalidRequestError.field(field, rule, detail, { values });
    };
    const written = password.normalize('NFC');
    const length = [...written].length;
    const minLength = this.minLength(owner, policy);
    if (length < minLength) refuse('password.too_short', `Use at least ${minLength} characters.`, { min: minLength });
    if (length > MAX_PASSWORD_CHARS) {
      refuse('password.too_long', `Use at most ${MAX_PASSWORD_CHARS} characters.`, { max: MAX_PASSWORD_CHARS });
    }
    if (policy === 'legacy') return policy;

    const plain = written.toLowerCase();
    if (isPersonal(plain, owner, this.settings.APP_NAME)) {
      refuse(
        'password.personal',
        'This password is too close to your name, your e-mail address or the name of this service. Choose another.',
      );
    }
    if (isCommon(plain, this.settings.APP_NAME)) refuse('password.common', 'This password is one of the most used ones. Choose another.');
    if (isBreached(written, this.settings.BREACH_LIST)) {
      refuse('password.breached', 'This password became known in a data breach, so attackers try it. Choose another.');
    }
    return policy;
  }

  /** Whether it could be set now, under the core's policy. */
  keeps(password: string, owner: PasswordOwner): boolean {
    try {
      this.check(password, owner);
      return true;
    } catch (error) {
      if (error instanceof InvalidRequestError) return false;
      throw error;
    }
  }

  /** Whether attackers try it before all others: one of the most used or breached ones, of whatever length. */
  isKnown(password: string): boolean {
    const written = password.normalize('NFC');
    return isCommon(written.toLowerCase(), this.settings.APP_NAME) || isBreached(written, this.settings.BREACH_LIST);
  }

  /** Least length of a new password, code points. */
  minLength(owner: Pick<PasswordOwner, 'roles'>, asked: PasswordPolicyName): number {
    return kept(asked, owner) === 'core' ? this.settings.PASSWORD_MIN_LENGTH : LEGACY_MIN_CHARS;
  }
}

/** Accounts with elevated roles keep the core's policy. */
function kept(asked: PasswordPolicyName, { roles }: Pick<PasswordOwner, 'roles'>): PasswordPolicyName {
  return areElevated(roles) ? 'core' : asked;
}

/**
 * Whether the password is one of the most used ones, one of these (or the product's name) with digits and signs behind it or
 * written several times over, or digits that count up or down. Of a long minimum length people make just these.
 */
function isCommon(password: string, product: string): boolean {
  const listed = commonPasswords();
  const isListed = (word: string): boolean => listed.has(word) || word === product.toLowerCase() || word === 'latchkey';
  const word = password.replace(/[^\p{L}]+$/u, '');
  return (
    isListed(password) ||
    (word.length >= MIN_OWNER_WORD_CHARS && isListed(word)) ||
    isListed(repeatedPart(password)) ||
    isCounting(password)
  );
}

/** The shortest text of which `text` consists, written once or several times (Knuth, Morris and Pratt's table of borders). */
function repeatedPart(text: string): string {
  const borders = [0];
  for (let at = 1, border = 0; at < text.length; at += 1) {
    while (border > 0 && text[at] !== text[border]) border = borders[border - 1] ?? 0;
    if (text[at] === text[border]) border += 1;
    borders.push(border);
  }
  const period = text.length - (borders.at(-1) ?? 0);
  return text.length % period === 0 ? text.slice(0, period) : text;
}

/** Whether it is digits only, each one more, or each one less, than the one before; after 9 comes 0. */
function isCounting(text: string): boolean {
  if (!/^\d+$/.test(text)) return false;
  const steps = new Set(Array.from({ length: text.length - 1 }, (_, at) => (Number(text[at + 1]) - Number(text[at]) + 10) % 10));
  return steps.size === 1 && (steps.has(1) || steps.has(9));
}

/** Whether hardly anything is left of the password once the owner's names and the product's are taken out. */
function isPersonal(password: string, { email, username }: Omit<PasswordOwner, 'roles'>, product: string): boolean {
  const words = [email, email?.split('@')[0], username, product, 'latchkey']
    .filter((word) => word != null && word.length >= MIN_OWNER_WORD_CHARS)
    .map((word) => String(word).toLowerCase());
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), password);
  return rest !== password && [...rest].length < MIN_OWN_CHARS;
}
