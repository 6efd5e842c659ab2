import type { Capability, Declarations } from '../common/capability.js';
import { oneOf } from '../config/setting.js';
import { LOCALES, type Locale } from './locales.js';

const declared = {
  settings: {
    DEFAULT_LOCALE: oneOf(Object.keys(LOCALES) as Locale[], {
      default: 'en',
      doc: 'Language of mails, text messages and pages for readers of whom nothing else is known. An account’s own `locale` comes first, then what the browser of somebody who asks for a mail, or opens a page, prefers.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    languages: typeof declared;
  }
}

/** Texts for people, in their languages. */
export const languages = {
  name: 'languages',
  folder: import.meta.dirname,
  module: async () => (await import('./languages.module.js')).LanguagesModule,
  ...declared,
} as const satisfies Capability;
