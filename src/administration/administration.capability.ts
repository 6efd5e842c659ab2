import type { Capability, Declarations } from '../common/capability.js';
import { internalEvent, publicEvent } from '../common/event-row.js';

const declared = {
  errors: {
    'authenticator.own_account': {
      status: 409,
      title: 'Administrators do not reset their own second factors',
      kind: 'conflict',
      advice: 'Lead the user to the own authenticators; another administrator, or the command line, removes lost ones.',
    },
  },
  events: {
    'account.disabled': publicEvent('An administrator disabled an account.'),
    'account.enabled': publicEvent('An administrator enabled an account again.'),
    'accounts.imported': internalEvent(
      'An import from a file ended; each of its accounts has an event of its own.',
      'Each account of an import has an event of its own.',
    ),
    'accounts.exported': internalEvent(
      'All accounts were exported into a file.',
      'It concerns no single account, and those who run the server.',
    ),
    'authenticators.reset': publicEvent('An administrator, or an operator on the command line, removed second factors of an account.', {
      facts: {
        authenticatorId: {
          type: 'id',
          doc: 'The authenticator, if only one was removed.',
          example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44',
          optional: true,
        },
        count: { type: 'number', doc: 'How many were removed, if it was all of them.', example: 2, optional: true },
      },
    }),
    'password.reset_forced': publicEvent('An administrator forced the reset of a password.'),
    'roles.changed': publicEvent('An administrator changed the roles of an account.', {
      facts: {
        from: { type: 'words', doc: 'The roles before.', example: ['user'] },
        to: { type: 'words', doc: 'The roles from now on.', example: ['user', 'librarian'] },
        invitation: {
          type: 'id',
          doc: 'The invitation that brought them.',
          example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44',
          optional: true,
        },
      },
    }),
  },
  mails: {
    'factors-reset': {
      carriesSecrets: 'to-owners',
      notMe: 'disavow',
    },
  },
  sessionEnds: {
    disabled: 'The account was disabled.',
    'roles-changed': 'The roles of the account were changed.',
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    administration: typeof declared;
  }
}

/** Administration of accounts. */
export const administration = {
  name: 'administration',
  folder: import.meta.dirname,
  module: async () => (await import('./administration.module.js')).AdministrationModule,
  tags: [{ name: 'Administration', description: 'Accounts and the audit log, for administrators.', position: 4 }],
  ...declared,
} as const satisfies Capability;
