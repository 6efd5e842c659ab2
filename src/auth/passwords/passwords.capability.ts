import { type Capability, type Declarations, page } from '../../common/capability.js';
import { integer, rate, secret } from '../../config/setting.js';
import type { ReturnLink } from '../../auth/challenges/return-link.js';
import type { FieldMessage } from '../../look/field-message.js';
import { breachList } from './breaches/breach-file.js';

interface ResetPasswordView {
  address: string;
  /** Action URL of the form. */
  action: string;
  token: string;
  minPasswordLength: number;
  /** All problems, for the summary. */
  problems: FieldMessage[];
  newPasswordProblem: string | null;
  /** Whether the account's second factor is asked for, too. */
  needsFactor: boolean;
  factorProblem: string | null;
  /** Action URL of the form for those who have lost it; null where waiting does not help. */
  waitAction: string | null;
  /** How long they wait: `24 hours`. */
  wait: string;
}

interface PasswordResetView {
  returnLink: ReturnLink | null;
}

const declared = {
  settings: {
    PASSWORD_MIN_LENGTH: integer({
      default: 15,
      min: 8,
      max: 64,
      doc: 'Minimum length of a password, in characters (NIST SP 800-63B-4 requires 15 if the password is the only factor).',
    }),
    BREACH_LIST: breachList({
      example: '/etc/latchkey/pwned-passwords-sha1.txt',
      doc: 'A file of further breached passwords, beside the shipped list: one a line, as they are or as SHA-1 digests in hexadecimal (`DIGEST` or `DIGEST:COUNT`, as Have I Been Pwned hands them out). Digests in ascending order are searched in the file and take no memory; any other file is read into memory after the start, 3 bytes a line.',
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
    'password.breached': 'The new password is in a list of passwords that became known in data breaches.',
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
    'email.removed': 'An address that nobody had proven was removed, because the owner of the mobile number took the account over.',
    'password.checked': 'Somebody entered a wrong password.',
    'password.changed': 'A password was changed.',
    'password.locked': 'A password was locked after too many wrong attempts.',
    'password.slowed': 'Too many wrong passwords were tried on an account that nothing can reset; it takes few tries from then on.',
    'password.unlocked': 'An administrator lifted the lock that wrong passwords had brought.',
    'password.reset_link_made': 'An operator made a link to choose a new password on the command line.',
    'password.reset_requested': 'Somebody requested a mail or text message to choose a new password.',
    'password.reset': 'A user set a new password through a code or link.',
  },
  purposes: {
    'reset-password': {
      page: '/account/reset-password',
      mail: 'reset-password',
      ttlSeconds: 30 * 60,
      codeDigits: 8,
      event: 'password.reset',
      provesRegistered: true,
    },
    'reset-password-by-text': { page: null, mail: null, ttlSeconds: 15 * 60, codeDigits: 8, event: 'password.reset' },
  },
  mails: {
    'reset-password': { subject: ({ appName }) => `Choose a new password for ${appName}`, carriesSecrets: true },
    'first-proof': { subject: ({ appName }) => `Your e-mail address for ${appName} is confirmed`, carriesSecrets: true },
    'password-changed': { subject: ({ appName }) => `Your ${appName} password was changed`, carriesSecrets: false },
    'password-locked': { subject: ({ appName }) => `Your ${appName} password was locked`, carriesSecrets: false },
  },
  pages: {
    'reset-password': page<ResetPasswordView>(),
    'password-reset': page<PasswordResetView>(),
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

/** Passwords: checking, changing, resetting. */
export const passwords = {
  name: 'passwords',
  folder: import.meta.dirname,
  module: async () => (await import('./passwords.module.js')).PasswordsModule,
  ...declared,
} as const satisfies Capability;
