import { Injectable } from '@nestjs/common';
import type { MailKind } from '../../common/declared.js';
import { Languages, type TriedText } from '../../languages/languages.service.js';
import { SOURCE_LOCALE, isLocale } from '../../languages/locales.js';
import { UnknownKeyError, UnknownLocaleError } from '../../languages/overrides/errors.js';
import { demandText, isTextMessage } from '../../languages/text-rules.js';
import { type MailPreview, MailPreviews } from './mail-previews.js';
import { sampleValues } from './sample-values.js';
import type { SampleVariant } from '../writing/mail-samples.js';
import { TextMessagePreviews } from './text-message-previews.js';

/** Between them they have every text of a mail. */
const VARIANTS: readonly SampleVariant[] = [{}, { withLink: false }, { firstName: null }];

/** How a text would read that is stored nowhere. */
export interface TranslationPreview extends TriedText {
  /** Filled in, without markup. */
  reads: string;
  /** The parts of a text message; null for any other text. */
  segments: number | null;
  /** A mail that has the text; null for a text of none. */
  mail: MailPreview | null;
}

/** Tries texts of an operator’s own before they are stored. */
@Injectable()
export class TranslationPreviews {
  constructor(
    private readonly languages: Languages,
    private readonly mails: MailPreviews,
    private readonly textMessages: TextMessagePreviews,
  ) {}

  /** Checks a text as `TranslationsService.put` does. @throws UnknownLocaleError, UnknownKeyError, InvalidRequestError */
  preview(locale: string, key: string, written: string): TranslationPreview {
    if (!isLocale(locale)) throw new UnknownLocaleError();
    if (!this.languages.has(key)) throw new UnknownKeyError();
    const english = this.languages.shippedText(SOURCE_LOCALE, key) ?? '';
    const tried = { locale, key, text: demandText(written, { key, locale, english }) };
    if (isTextMessage(key)) {
      const { made } = this.languages.trying(tried, () => this.textMessages.write(key, locale));
      return { ...tried, reads: made.text, segments: made.segments, mail: null };
    }
    const mail = this.mailWith(tried);
    const values = { ...sampleValues(locale), ...this.mails.valuesOf(mail?.kind ?? this.anyKind, locale) };
    const { made: reads } = this.languages.trying(tried, () => this.languages.text(locale, key, values));
    return { ...tried, reads, segments: null, mail };
  }

  /** The mail that the key names, or the first that has the text. */
  private mailWith(tried: TriedText): MailPreview | null {
    const [wing, name = ''] = tried.key.split('.');
    if (wing !== 'mail' && wing !== 'about') return null;
    const own = this.mails.isKind(name) ? name : null;
    for (const kind of own === null ? this.mails.kinds : [own]) {
      for (const variant of VARIANTS) {
        const { made, used } = this.languages.trying(tried, () => this.mails.write(kind, tried.locale, variant));
        if (used) return made;
      }
    }
    // A template of the operator's own may leave the text out.
    return own === null ? null : this.mails.write(own, tried.locale);
  }

  private get anyKind(): MailKind {
    const [kind] = this.mails.kinds;
    if (kind === undefined) throw new Error('There is no mail');
    return kind;
  }
}
