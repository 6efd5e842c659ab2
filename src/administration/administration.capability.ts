import type { Capability, Declarations } from '../common/capability.js';

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
    'account.disabled': 'An administrator disabled an account.',
    'account.enabled': 'An administrator enabled an account again.',
    'accounts.imported': 'An import from a file ended; each of its accounts has an event of its own.',
    'accounts.exported': 'All accounts were exported into a file.',
    'authenticators.reset': 'An administrator, or an operator on the command line, removed second factors of an account.',
    'password.reset_forced': 'An administrator forced the reset of a password.',
    'roles.changed': 'An administrator changed the roles of an account.',
  },
  mails: {
    'factors-reset': {
      subject: ({ appName }) => `Your second factors for ${appName} were removed`,
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
