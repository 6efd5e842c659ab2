import { Injectable } from '@nestjs/common';
import type { ErrorCode, FieldRule, TextName } from '../common/declared.js';
import { type AppError, type FieldProblem, InvalidRequestError } from '../common/errors.js';
import { Languages } from './languages.service.js';
import { type Locale, SOURCE_LOCALE } from './locales.js';
import type { TextValues } from './texts.js';

/** Failures that say the same to people; the others have a text named after their code. */
const SHARED: Partial<Record<ErrorCode, TextName>> = {
  'token.revoked': 'error.session-ended',
  'refresh_token.invalid': 'error.session-ended',
  'refresh_token.reused': 'error.session-ended',
  'user.not_found': 'error.not-found',
  'session.not_found': 'error.not-found',
  'device.not_found': 'error.not-found',
  'authenticator.not_found': 'error.not-found',
  'provider.not_found': 'error.not-found',
  'identity.not_found': 'error.not-found',
  'invitation.not_found': 'error.not-found',
  'sign_in.not_found': 'error.sign_in.expired',
  'auth.method_disabled': 'error.not-offered',
  'sms.not_configured': 'error.not-offered',
  'identity.last_way_in': 'error.authenticator.last_way_in',
  'identity.too_many': 'error.authenticator.too_many',
  'provider.answer_invalid': 'error.provider.unavailable',
  'server.secret_outdated': 'error.server.unavailable',
  'hook.unavailable': 'error.server.unavailable',
};

/** The same for rules. */
const SHARED_RULES: Partial<Record<FieldRule, TextName>> = {
  'name.invalid': 'rule.one-line',
  'reason.invalid': 'rule.one-line',
  'password.too_long': 'rule.maxLength',
};

/** The sentences of a problem document that are for people. */
export interface ProblemSentences {
  title: string;
  detail: string;
  errors?: { pointer: string; rule: FieldRule; detail: string }[];
}

/** Failures in the language of whoever they are shown to. In English they have their own, more particular sentences. */
@Injectable()
export class ProblemTexts {
  constructor(private readonly languages: Languages) {}

  /** The text of a failure; null if it has none, because no user of an app can meet it. */
  keyOf(code: ErrorCode): TextName | null {
    return SHARED[code] ?? this.named(`error.${code}`);
  }

  /** The same for a broken rule. */
  keyOfRule(rule: FieldRule): TextName | null {
    return SHARED_RULES[rule] ?? this.named(`rule.${rule}`);
  }

  /** What is wrong with a field. */
  ofField(problem: FieldProblem, locale: Locale): string {
    return this.find(problem.text ?? this.keyOfRule(problem.rule), locale, problem.values) ?? problem.detail;
  }

  /** What went wrong. */
  ofError(error: AppError, locale: Locale): string {
    const [first] = error instanceof InvalidRequestError ? error.problems : [];
    return first === undefined ? (this.find(this.keyOf(error.code), locale) ?? error.message) : this.ofField(first, locale);
  }

  /** The sentences of its problem document; null for English. */
  translate(error: AppError, locale: Locale): ProblemSentences | null {
    const title = this.find(this.keyOf(error.code), locale);
    if (title === null) return null;
    const detail = this.ofError(error, locale);
    if (!(error instanceof InvalidRequestError)) return { title, detail };
    const errors = error.problems.map((problem) => ({
      pointer: problem.pointer,
      rule: problem.rule,
      detail: this.ofField(problem, locale),
    }));
    return { title, detail, errors };
  }

  /** A text; null where English has to do: what is answered is a failure already, and must not become another one. */
  private find(key: TextName | null, locale: Locale, values: TextValues = {}): string | null {
    if (key === null || locale === SOURCE_LOCALE || this.languages.shippedText(locale, key) === null) return null;
    try {
      return this.languages.text(locale, key, values);
    } catch {
      return null;
    }
  }

  private named(key: string): TextName | null {
    return this.languages.shippedText(SOURCE_LOCALE, key as TextName) === null ? null : (key as TextName);
  }
}
