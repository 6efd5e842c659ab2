import type { Capability, Declarations } from '../../common/capability.js';
import { internalEvent, publicEvent } from '../../common/event-row.js';
import { integer, rate, secret } from '../../config/setting.js';

const declared = {
  settings: {
    PASSWORD_MIN_LENGTH: integer({
      default: 15,
      min: 8,
      max: 64,
      doc: 'Minimum length of a password, in characters (NIST SP 800-63B-4 requires 15 if the password is the only factor).',
    }),
    WRONG_PASSWORD_MIN_MS: integer({
      default: 0,
      min: 0,
      max: 5_000,
      doc: 'Shortest time in which the server answers a wrong password, ms, beside the wait in the queue. For installations that imported slow hashes (bcrypt, scrypt, PBKDF2): above the time of the slowest one, the answer time does not tell which accounts have one.',
    }),
    BCRYPT_PEPPER: secret({
      doc: 'The pepper of the old system: imported bcrypt hashes (`$2a$`, `$2b$`, `$2y$`) are compared with the password followed by it, as Devise does (`config.pepper`). Keep it until everybody has signed in once.',
    }),
    LIMIT_SIGN_IN: rate({
      default: { points: 5, seconds: 900 },
      doc: 'Wrong passwords per account and network, as `COUNT/SECONDS`. A network is an IPv4 address or an IPv6 /64.',
    }),
    LIMIT_SIGN_IN_ACCOUNT: rate({ default: { points: 50, seconds: 900 }, doc: 'Wrong passwords per account from everywhere.' }),
    LIMIT_SIGN_IN_SLOW: rate({
      default: { points: 10, seconds: 3_600 },
      doc: 'Wrong passwords per account after 100 in a row, where neither mail nor text message could reset the password: from everywhere, and from each network in which the account is signed in.',
    }),
    LIMIT_SIGN_IN_NETWORK: rate({ default: { points: 100, seconds: 900 }, doc: 'Wrong passwords per network, for all accounts.' }),
    LIMIT_SIGN_IN_SITE: rate({
      default: { points: 1_000, seconds: 900 },
      doc: 'Wrong passwords per IPv6 /48, for all accounts: one customer may have so many networks.',
    }),
  },
  limits: {
    'sign-in': 'LIMIT_SIGN_IN',
    'sign-in-account': 'LIMIT_SIGN_IN_ACCOUNT',
    'sign-in-slow': 'LIMIT_SIGN_IN_SLOW',
    'sign-in-network': 'LIMIT_SIGN_IN_NETWORK',
    'sign-in-site': 'LIMIT_SIGN_IN_SITE',
  },
  rules: {
    'password.too_short': 'The new password is too short.',
    'password.too_long': 'The new password is too long.',
    'password.common': 'The new password is one of the most used ones.',
    'password.personal': 'The new password is too close to a name of the user or of the service.',
    'password.unchanged': 'The new password is the old one.',
  },
  errors: {
    'auth.bad_credentials': {
      status: 401,
      title: 'Wrong identifier or password',
      kind: 'bad-credentials',
      advice: 'Say that the identifier or the password is wrong; the server does not reveal which.',
    },
    'auth.proof_required': {
      status: 401,
      title: 'The password of the account is required',
      kind: 'bad-credentials',
      advice: 'Ask the user for the password of the account, or offer to choose a new one.',
    },
    'user.email_missing': {
      status: 409,
      title: 'The account has no e-mail address',
      kind: 'conflict',
      advice: 'Give the account an address first.',
    },
  },
  events: {
    'email.removed': publicEvent(
      'An address that nobody had proven was removed, because the owner of the mobile number took the account over.',
    ),
    'password.checked': internalEvent('Somebody entered a wrong password.', 'It is only recorded as a failure.'),
    'password.changed': publicEvent('A password was changed.'),
    'password.locked': publicEvent('A password was locked after too many wrong attempts.'),
    'password.slowed': publicEvent(
      'Too many wrong passwords were tried on an account that nothing can reset; it takes few tries from then on.',
    ),
    'password.unlocked': publicEvent('An administrator lifted the lock that wrong passwords had brought.'),
    'password.reset_link_made': publicEvent('An operator made a link to choose a new password on the command line.'),
  },
  mails: {
    'first-proof': {
      carriesSecrets: true,
      notMe: 'reset-password',
    },
    'password-changed': { carriesSecrets: 'to-owners', notMe: 'disavow' },
    'password-locked': { carriesSecrets: 'to-owners', notMe: 'disavow' },
  },
  sessionEnds: {
    'password-changed': 'The password was changed.',
    'first-proof': 'Somebody proved the e-mail address of the account for the first time, without its password.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    passwords: typeof declared;
  }
}

/** Passwords: checking, changing, taking over. */
export const passwords = {
  name: 'passwords',
  folder: import.meta.dirname,
  module: async () => (await import('./passwords.module.js')).PasswordsModule,
  ...declared,
} as const satisfies Capability;
