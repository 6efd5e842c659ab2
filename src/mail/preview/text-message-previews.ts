import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { Languages } from '../../languages/languages.service.js';
import type { Locale } from '../../languages/locales.js';
import { segmentsOf } from '../../languages/segments.js';
import { SAMPLE_TEXT_MESSAGE, isTextMessage } from '../../languages/text-rules.js';
import type { TextKey } from '../../languages/texts.js';
import { boundToPage } from '../../sms/bound-code.js';

/** Text messages whose last line binds the code to a page. */
const BOUND: ReadonlySet<TextKey> = new Set(['sms.code-sign-in']);

const VALUES = { ...SAMPLE_TEXT_MESSAGE, minutes: 10 } as const;

/** A text message with invented values. */
export interface TextMessagePreview {
  key: TextKey;
  text: string;
  /** The parts that it is sent in. */
  segments: number;
}

/** Text messages as they are sent, with invented values. */
@Injectable()
export class TextMessagePreviews {
  constructor(
    private readonly languages: Languages,
    private readonly settings: Settings,
  ) {}

  get keys(): readonly TextKey[] {
    return this.languages.keys.filter(isTextMessage);
  }

  write(key: TextKey, locale: Locale): TextMessagePreview {
    const words = this.languages.text(locale, key, { ...VALUES, appName: this.settings.APP_NAME });
    const text = BOUND.has(key) ? boundToPage(words, VALUES.code, this.settings) : words;
    return { key, text, segments: segmentsOf(text) };
  }
}
