import type { HelperOptions } from 'handlebars';
import Handlebars from 'handlebars';
import type { Languages } from './languages.service.js';
import type { Locale } from './locales.js';
import type { TextKey } from './texts.js';

/** What the root of a template's data has to hold. */
export interface Localised {
  locale: Locale;
}

/** For `compile`: templates may use `{{t "key"}}` and no other helper of ours. `strict`: a missing field fails instead of leaving a gap. */
export const TEMPLATE_OPTIONS = { strict: true, knownHelpersOnly: true, knownHelpers: { t: true } } as const;

/** A word such as "e-mail", whose hyphen is no place for a break: in a heading half of one stands out. */
const HYPHENATED = /(?<![\p{L}\p{N}.-])\p{L}-\p{L}+/gu;

/**
 * Teaches templates `{{t "key" name=value}}`: the text in the reader's language. Placeholders take the fields of the template's data, and
 * those that stand behind the key.
 * @param form `html`: everything escaped but `<b>`; `text`: without markup
 * @param whole with `html`: the attribute of a `span` around a word that has to stay on one line
 */
export function registerTexts(
  engine: typeof Handlebars,
  languages: Languages,
  form: 'html' | 'text',
  whole = 'style="white-space:nowrap"',
): void {
  engine.registerHelper('t', (key: TextKey, { hash, data }: HelperOptions) => {
    const root = (data as { root: Localised }).root;
    const values = { ...root, ...(hash as object) };
    if (form === 'text') return languages.text(root.locale, key, values);
    const html = languages.html(root.locale, key, engine.escapeExpression.bind(engine), values);
    return new engine.SafeString(html.replaceAll(HYPHENATED, `<span ${whole}>$&</span>`));
  });
}
