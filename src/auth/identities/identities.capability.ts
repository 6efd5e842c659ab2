import type { Capability, Declarations } from '../../common/capability.js';
import { publicEvent } from '../../common/event-row.js';
import { Identities9015210000000 } from './migrations/15210-identities.js';

const declared = {
  errors: {
    'identity.not_found': {
      status: 404,
      title: 'No such identity',
      kind: 'not-found',
      advice: 'It may have been unlinked: reload the list.',
    },
    'identity.linked_elsewhere': {
      status: 409,
      title: 'The identity signs in to another account',
      kind: 'conflict',
      advice: 'Tell the user to sign in by it, and to unlink it there first. The server does not say to which account.',
    },
    'identity.last_way_in': {
      status: 409,
      title: 'The account needs this identity',
      kind: 'conflict',
      advice: 'Let the user set a password or add a passkey first.',
    },
    'identity.too_many': {
      status: 409,
      title: 'The account has too many identities',
      kind: 'conflict',
      advice: 'Let the user unlink one that is not used any more.',
    },
  },
  events: {
    'identity.linked': publicEvent('An account at a provider was linked: it signs in to the account from now on.', {
      facts: {
        identityId: { type: 'id', doc: 'The identity.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44' },
        provider: { type: 'text', doc: 'Slug of the provider.', example: 'google' },
      },
    }),
    'identity.unlinked': publicEvent('An account at a provider was unlinked.', {
      facts: {
        identityId: { type: 'id', doc: 'The identity.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44' },
        provider: { type: 'text', doc: 'Slug of the provider.', example: 'google' },
      },
    }),
    'identities.unlinked': publicEvent('All accounts at providers were unlinked from an account.', {
      facts: { count: { type: 'number', doc: 'How many.', example: 1 } },
    }),
  },
  mails: {
    'identity-linked': {
      about: 'Google',
      carriesSecrets: 'to-owners',
      notMe: 'disavow',
    },
    'identity-unlinked': {
      about: 'Google',
      carriesSecrets: 'to-owners',
      notMe: 'disavow',
    },
  },
  sessionEnds: {
    'identity-unlinked': 'An account at a provider was unlinked.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    identities: typeof declared;
  }
}

/** Identities: accounts at providers that sign in to accounts here. */
export const identities = {
  name: 'identities',
  folder: import.meta.dirname,
  module: async () => (await import('./identities.module.js')).IdentitiesModule,
  migrations: [Identities9015210000000],
  exports: { identities: async () => (await import('./identities.export.js')).IDENTITIES_EXPORT },
  ...declared,
} as const satisfies Capability;
