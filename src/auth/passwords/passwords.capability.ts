import { type Capability, type Declarations, page } from '../../common/capability.js';
import { integer, rate } from '../../config/setting.js';
import type { ReturnLink } from '../../auth/challenges/return-link.js';
import type { FieldMessage } from '../../look/field-message.js';

interface ResetPasswordView {
  address: string;
  /** Action URL of the form. */
  action: string;
  token: string;
  minPasswordLength: number;
  /** All problems, for the summary. */
  problems: FieldMessage[];
  newPasswordProblem: string | null;
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
    LIMIT_SIGN_IN: rate({
      default: { points: 5, seconds: 900 },
      doc: 'Wrong passwords per account and network, as `COUNT/SECONDS`. A network is an IPv4 address or an IPv6 /64.',
    }),
    LIMIT_SIGN_IN_ACCOUNT: rate({ default: { points: 50, seconds: 900 }, doc: 'Wrong passwords per account from everywhere.' }),
    LIMIT_SIGN_IN_NETWORK: rate({ default: { points: 100, seconds: 900 }, doc: 'Wrong passwords per network, for all accounts.' }),
  },
  limits: { 'sign-in': 'LIMIT_SIGN_IN', 'sign-in-account': 'LIMIT_SIGN_IN_ACCOUNT', 'sign-in-network': 'LIMIT_SIGN_IN_NETWORK' },
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
    'password.checked': 'Somebody entered a wrong password.',
    'password.changed': 'A password was changed.',
    'password.locked': 'A password was locked after too many wrong attempts.',
    'password.reset_requested': 'Somebody requested a mail to choose a new password.',
    'password.reset': 'A user set a new password through a mailed code or link.',
  },
  purposes: {
    'reset-password': { page: '/account/reset-password', mail: 'reset-password', ttlSeconds: 30 * 60, event: 'password.reset' },
  },
  mails: {
    'reset-password': { subject: ({ appName }) => `Choose a new password for ${appName}`, carriesSecrets: true },
    'password-changed': { subject: ({ appName }) => `Your ${appName} password was changed`, carriesSecrets: false },
    'password-locked': { subject: ({ appName }) => `Your ${appName} password was locked`, carriesSecrets: false },
  },
  pages: {
    'reset-password': page<ResetPasswordView>(),
    'password-reset': page<PasswordResetView>(),
  },
  sessionEnds: {
    'password-changed': 'The password was changed.',
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
