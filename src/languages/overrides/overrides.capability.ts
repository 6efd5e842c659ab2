import type { Capability, Declarations } from '../../common/capability.js';
import { publicEvent } from '../../common/event-row.js';
import { Translations9016200000000 } from './migrations/16200-translations.js';

const WHICH = {
  locale: { type: 'text', doc: 'Its language.', example: 'de' },
  key: { type: 'text', doc: 'Its key.', example: 'mail.confirm-email.subject' },
} as const;

const declared = {
  rules: {
    'translation.characters': 'The text has line breaks, other control characters, or marks of direction.',
    'translation.syntax': 'It is no ICU message.',
    'translation.placeholder': 'It has a placeholder that the English text lacks, or uses one as what it is not.',
    'translation.markup': 'It has other markup than `<b>…</b>`.',
    'translation.lacks_code': 'It leaves out the code that the English text shows.',
    'translation.text_message': 'Filled in, it is longer than two text messages.',
  },
  errors: {
    'translation.locale_unknown': {
      status: 404,
      title: 'No such language',
      kind: 'not-found',
      advice: 'Send one of the tags that the documentation of the parameter lists, exactly as it stands there.',
    },
    'translation.key_unknown': {
      status: 404,
      title: 'No such text',
      kind: 'not-found',
      advice: 'Read the list of texts: keys change with versions of the server.',
    },
    'translation.not_found': {
      status: 404,
      title: 'No text of your own',
      kind: 'not-found',
      advice: 'The shipped text is in use already: reload the list.',
    },
  },
  events: {
    'translation.changed': publicEvent('An administrator put a text in the place of a shipped one.', { subject: null, facts: WHICH }),
    'translation.deleted': publicEvent('An administrator deleted a text, so that the shipped one is in use again.', {
      subject: null,
      facts: WHICH,
    }),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    overrides: typeof declared;
  }
}

/** Texts of an operator's own, in the place of shipped ones, changed over the API. */
export const overrides = {
  name: 'overrides',
  folder: import.meta.dirname,
  module: async () => (await import('./overrides.module.js')).OverridesModule,
  tags: [{ name: 'Translations', description: 'Texts of mails, text messages and pages, in words of your own.', position: 4.6 }],
  migrations: [Translations9016200000000],
  untold: { translations: 'Texts of the server; the events of the export tell which of them the account changed.' },
  ...declared,
} as const satisfies Capability;
