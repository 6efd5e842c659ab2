import Negotiator from 'negotiator';

/** The languages that the server speaks, as BCP 47 tags, each with its own name. */
export const LOCALES = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  'pt-BR': 'Português (Brasil)',
  it: 'Italiano',
  nl: 'Nederlands',
  pl: 'Polski',
  tr: 'Türkçe',
  uk: 'Українська',
  ar: 'العربية',
  hi: 'हिन्दी',
  id: 'Bahasa Indonesia',
  ja: '日本語',
  'zh-Hans': '简体中文',
} as const;

export type Locale = keyof typeof LOCALES;

/** Who reads a text, as far as it is known. */
export interface Reader {
  /** What the account says, a BCP 47 tag. */
  locale?: string | null | undefined;
  /** The header of a reader who asked for the text himself. */
  acceptLanguage?: string | null | undefined;
}

/** The language of every text that has no translation. */
export const SOURCE_LOCALE = 'en' satisfies Locale;

/** Whether the server speaks the language of exactly this tag. */
export function isLocale(tag: string): tag is Locale {
  return Object.hasOwn(LOCALES, tag);
}

const ALL = Object.keys(LOCALES) as Locale[];

/** Longest `Accept-Language` that is read, characters. Browsers send some tens. */
const MAX_HEADER_CHARS = 256;

/** Language and script of a tag: `zh-TW` is `zh-Hant`, `pt` and `pt-PT` are `pt-Latn`. @throws RangeError if it is no tag */
function essenceOf(tag: string): string {
  const { language, script } = new Intl.Locale(tag).maximize();
  return `${language}-${script}`;
}

/** The first locale of a language and script stands for all its regions. */
const BY_ESSENCE = new Map(ALL.toReversed().map((locale) => [essenceOf(locale), locale]));

/** The locale for a language tag, of whatever region; null for a language that the server does not speak, and for what is no tag. */
export function localeFor(tag: string | null | undefined): Locale | null {
  if (tag == null) return null;
  try {
    return BY_ESSENCE.get(essenceOf(tag)) ?? null;
  } catch {
    return null;
  }
}

/** The locale that a browser wants most of those that the server speaks (RFC 9110 §12.5.4); null for none, and for no wish. */
export function negotiate(acceptLanguage: string | null | undefined): Locale | null {
  if (acceptLanguage == null || acceptLanguage.length > MAX_HEADER_CHARS) return null;
  const wanted = new Negotiator({ headers: { 'accept-language': acceptLanguage } }).languages();
  for (const tag of wanted) {
    const locale = localeFor(tag);
    if (locale !== null) return locale;
  }
  return null;
}

/**
 * The language tag to keep for somebody who will read a text later: the account's, with its region, or else what the browser asks for; null
 * for none that the server speaks.
 */
export function tagOf({ locale, acceptLanguage }: Reader): string | null {
  return locale != null && localeFor(locale) !== null ? locale : negotiate(acceptLanguage);
}

/** Writing direction, as in the attribute `dir` of HTML. */
export function directionOf(locale: Locale): 'ltr' | 'rtl' {
  return locale === 'ar' ? 'rtl' : 'ltr';
}
