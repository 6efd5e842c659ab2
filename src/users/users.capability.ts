import type { Capability, Declarations } from '../common/capability.js';
import { publicEvent } from '../common/event-row.js';
import { rate } from '../config/setting.js';
import { Accounts1000000000000 } from './migrations/1000-accounts.js';
import { Profile5000000000000 } from './migrations/5000-profile.js';
import { Identifiers7000000000000 } from './migrations/7000-identifiers.js';
import { UserSearch9010100000000 } from './migrations/10100-user-search.js';
import { UserSearchScripts9010300000000 } from './migrations/10300-user-search-scripts.js';
import { UserImports9011000000000 } from './migrations/11000-user-imports.js';
import { FirstPictures9013220000000 } from './migrations/13220-first-pictures.js';
import { SparseLists9012200000000 } from './migrations/12200-sparse-lists.js';
import { Claims9013100000000 } from './migrations/13100-claims.js';
import { PasswordWear9013400000000 } from './migrations/13400-password-wear.js';
import { WornPasswords9013410000000 } from './migrations/13410-worn-passwords.js';
import { RecoveryNumbers9013600000000 } from './migrations/13600-recovery-numbers.js';
import { ReplacedPictures9014110000000 } from './migrations/14110-replaced-pictures.js';
import { Factors9014300000000 } from './migrations/14300-factors.js';
import { PublicMetadata9016300000000 } from './migrations/16300-public-metadata.js';
import { region } from './identifiers.js';

const declared = {
  settings: {
    DEFAULT_REGION: region({
      default: 'US',
      doc: 'Country (ISO 3166-1 alpha-2) of mobile numbers that are written without `+`.',
    }),
    LIMIT_EDITS: rate({ default: { points: 120, seconds: 3_600 }, doc: 'Edits of one account by its owner.' }),
  },
  limits: { edit: 'LIMIT_EDITS' },
  rules: {
    'identifier.missing': 'An account needs an e-mail address, a mobile number or a username to sign in with.',
    'email.invalid': 'It is no e-mail address that mail can be sent to.',
    'mobile.invalid': 'It is no mobile number.',
    'username.invalid': 'A username has other characters, or another length.',
    'name.invalid': 'A name is too long, not on one line, or changes the direction of text.',
    'locale.invalid': 'It is no language tag.',
    'metadata.invalid': 'It is no JSON object, or has a number that JSON cannot hold.',
    'metadata.too_deep': 'The object is nested too deep.',
    'metadata.too_large': 'The object is too large.',
    'metadata.unfit':
      'The setting `CLAIMS_TEMPLATE` cannot make claims of it: a value is no text, number, truth value, or short list or object of those, or all of them are too long.',
    'roles.invalid': 'It is no list of roles.',
    'reason.invalid': 'A reason is missing, too long, or not on one line.',
    'search.too_short': 'The search is too short.',
    'search.ambiguous': 'There is more than one search.',
    'avatar.invalid': 'In import files: the name is none of a stored picture.',
    'hash.too_long': 'In import files: the hash is too long.',
    'record.invalid': 'In import files: the record is no JSON object.',
    'field.unknown': 'In import files: there is no such field.',
    isInteger: 'In import files: it has to be a whole number.',
    isTime: 'In import files: it has to be a time.',
    'email.missing': 'In import files: a proof without an e-mail address.',
    'mobile.missing': 'In import files: a proof without a mobile number.',
  },
  errors: {
    'user.not_found': { status: 404, title: 'No such user', kind: 'not-found', advice: 'It may have been deleted: reload the list.' },
    'user.email_taken': {
      status: 409,
      title: 'E-mail address already registered',
      kind: 'taken',
      advice: 'Offer to sign in or to reset the password.',
    },
    'user.email_unproven': {
      status: 409,
      title: 'E-mail address registered, but not proven',
      kind: 'taken',
      advice:
        'The server has mailed a code and a link to the address: ask for the code and a new password, and send them to `POST /v1/auth/email/verification/confirm`.',
    },
    'user.username_taken': {
      status: 409,
      title: 'Username already taken',
      kind: 'taken',
      advice: 'Ask for another one; check it with `GET /v1/availability` while the user types.',
    },
    'user.password_ended': {
      status: 409,
      title: 'The password was ended on purpose',
      kind: 'conflict',
      advice: 'Nobody can bring the old password back: force a reset, or hand out a link from `latchkey admin reset-link`.',
    },
    'user.mobile_taken': { status: 409, title: 'Mobile number already registered', kind: 'taken', advice: 'Ask for another one.' },
    'user.mobile_unproven': {
      status: 409,
      title: 'Mobile number registered, but not proven',
      kind: 'taken',
      advice:
        'The server has texted a code to the number, if it can: ask for the code and a new password, and send them to `POST /v1/auth/mobile/verification/confirm`.',
    },
    'user.last_admin': {
      status: 409,
      title: 'The last administrator has to stay',
      kind: 'conflict',
      advice: 'Make somebody else an administrator first.',
      page: { title: 'page.failure.last-admin', advice: ['page.failure.last-admin-reason', 'page.failure.last-admin-advice'] },
    },
  },
  events: {
    'account.registered': publicEvent('Somebody registered an account.', {
      facts: { provider: { type: 'text', doc: 'Slug of the provider, if somebody signed up by one.', example: 'google', optional: true } },
    }),
    'account.created': publicEvent(
      'An administrator created an account, the server created the first one, or `latchkey seed` invented one.',
      { facts: { role: { type: 'text', doc: '`admin` for an administrator.', example: 'admin', optional: true } } },
    ),
    'account.imported': publicEvent('An account was imported from a file.'),
    'account.updated': publicEvent('Somebody edited the profile of an account.', {
      facts: { fields: { type: 'words', doc: 'The fields that changed.', example: ['firstName', 'locale'] } },
    }),
    'email.claim_lost': publicEvent('An account lost an address that it had not proven to somebody who registered, set or proved it.'),
    'mobile.claim_lost': publicEvent('An account lost a number that it had not proven to somebody who registered, set or proved it.'),
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
    Claims9013100000000,
    FirstPictures9013220000000,
    PasswordWear9013400000000,
    WornPasswords9013410000000,
    RecoveryNumbers9013600000000,
    ReplacedPictures9014110000000,
    Factors9014300000000,
    PublicMetadata9016300000000,
  ],
  exports: {
    account: async () => (await import('./users.export.js')).ACCOUNT_EXPORT,
    heldEmails: async () => (await import('./users.export.js')).HELD_EMAILS_EXPORT,
  },
  ...declared,
} as const satisfies Capability;
