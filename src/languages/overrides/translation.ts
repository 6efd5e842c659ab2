import type { Locale } from '../locales.js';
import type { TextKey } from '../texts.js';

/** Which text. */
export interface TranslationName {
  locale: Locale;
  key: TextKey;
}

/** A text of the server in one language. */
export interface Translation extends TranslationName {
  /** The shipped text in English, from which all others are translated. */
  english: string;
  /** The shipped text in this language; null while it is not translated. */
  shipped: string | null;
  /** What the English text has values for. */
  placeholders: readonly string[];
  /** What an administrator put in its place. */
  own: OwnText | null;
}

export interface OwnText {
  text: string;
  version: number;
  /** The administrator; null for an account that is deleted. */
  updatedBy: string | null;
  updatedAt: Date;
  /** Why the server uses the shipped text all the same; null for nothing. */
  problem: string | null;
}
