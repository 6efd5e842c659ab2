import type { Capability, Declarations } from '../common/capability.js';
import { folder, oneOf } from '../config/setting.js';
import { LOCALES, type Locale } from './locales.js';
import type { TextKey } from './texts.js';

const declared = {
  settings: {
    DEFAULT_LOCALE: oneOf(Object.keys(LOCALES) as Locale[], {
      default: 'en',
      doc: 'Language of mails, text messages and pages for readers of whom nothing else is known. An account’s own `locale` comes first, then what the browser of somebody who asks for a mail, or opens a page, prefers.',
    }),
    TEMPLATES_DIR: folder({
      example: '/etc/latchkey/templates',
      doc: 'Folder of your own texts and templates: `texts/<locale>.json`, `mails/<kind>.hbs`, `mails/<part>.html.hbs` and `.text.hbs`, `pages/<name>.hbs`. The server checks all of them when it starts, and refuses to start with one that is wrong.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    languages: typeof declared;
  }
  interface TextKeys extends Record<TextKey, unknown> {}
}

/** Texts for people, in their languages. */
export const languages = {
  name: 'languages',
  folder: import.meta.dirname,
  module: async () => (await import('./languages.module.js')).LanguagesModule,
  ...declared,
} as const satisfies Capability;
