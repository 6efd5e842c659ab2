import type { Capability, Declarations } from '../common/capability.js';
import { text } from '../config/setting.js';
import { Accounts1000000000000 } from './migrations/1000-accounts.js';
import { Profile5000000000000 } from './migrations/5000-profile.js';
import { Identifiers7000000000000 } from './migrations/7000-identifiers.js';
import { UserSearch9010100000000 } from './migrations/10100-user-search.js';
import { UserSearchScripts9010300000000 } from './migrations/10300-user-search-scripts.js';
import { UserImports9011000000000 } from './migrations/11000-user-imports.js';
import { SparseLists9012200000000 } from './migrations/12200-sparse-lists.js';

const declared = {
  settings: {
    DEFAULT_REGION: text({
      default: 'US',
      pattern: /^[A-Z]{2}$/,
      doc: 'Country (ISO 3166-1 alpha-2) of mobile numbers that are written without `+`.',
    }),
  },
  errors: {
    'user.not_found': { status: 404, title: 'No such user', kind: 'not-found', advice: 'It may have been deleted: reload the list.' },
    'user.email_taken': {
      status: 409,
      title: 'E-mail address already registered',
      kind: 'taken',
      advice: 'Offer to sign in or to reset the password.',
    },
    'user.username_taken': {
      status: 409,
      title: 'Username already taken',
      kind: 'taken',
      advice: 'Ask for another one; check it with `GET /v1/availability` while the user types.',
    },
    'user.mobile_taken': { status: 409, title: 'Mobile number already registered', kind: 'taken', advice: 'Ask for another one.' },
    'user.last_admin': {
      status: 409,
      title: 'The last administrator has to stay',
      kind: 'conflict',
      advice: 'Make somebody else an administrator first.',
      page: {
        title: 'The last administrator has to stay',
        advice: [
          'Nothing was deleted: without your account nobody could look after this service any more.',
          'Make somebody else an administrator first. Then open the link in your mail again, or ask for a new one if it has expired.',
        ],
      },
    },
  },
  events: {
    'account.registered': 'Somebody registered an account.',
    'account.created': 'An administrator created an account, the server created the first one, or `latchkey seed` invented one.',
    'account.imported': 'An account was imported from a file.',
    'account.updated': 'Somebody edited the profile of an account.',
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    users: typeof declared;
  }
}

/** Accounts: their names, contacts and state. */
export const users = {
  name: 'users',
  folder: import.meta.dirname,
  module: async () => (await import('./users.module.js')).UsersModule,
  tags: [{ name: 'Users', description: 'Accounts.', position: 2 }],
  migrations: [
    Accounts1000000000000,
    Profile5000000000000,
    Identifiers7000000000000,
    UserSearch9010100000000,
    UserSearchScripts9010300000000,
    UserImports9011000000000,
    SparseLists9012200000000,
  ],
  exports: {
    account: async () => (await import('./users.export.js')).ACCOUNT_EXPORT,
    heldEmails: async () => (await import('./users.export.js')).HELD_EMAILS_EXPORT,
  },
  ...declared,
} as const satisfies Capability;
