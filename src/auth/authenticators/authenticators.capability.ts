import type { Capability, Declarations } from '../../common/capability.js';
import { internalEvent, publicEvent } from '../../common/event-row.js';
import { integer, oneOf, rate } from '../../config/setting.js';
import { Authenticators9014400000000 } from './migrations/14400-authenticators.js';
import { FactorWaivers9014430000000 } from './migrations/14430-factor-waivers.js';
import { RecoveryCodeKeys9014460000000 } from './migrations/14460-recovery-code-keys.js';

const declared = {
  settings: {
    MFA: oneOf(['off', 'optional', 'required', 'required-for-admins'], {
      default: 'optional',
      production: 'required-for-admins',
      doc: 'Who needs a second factor to sign in. `optional`: accounts that have set one up. `required`: everybody. `off`: nobody is offered one; accounts that need one, because they have it or were imported so, are still asked for it and can replace it.',
    }),
    RESET_WITHOUT_FACTOR_HOURS: integer({
      default: 24,
      min: 0,
      max: 720,
      doc: 'How long somebody who has lost the second factor waits for a reset of the password without it, in which the owner can stop it; 0: no such resets. Administrators never get one.',
    }),
    LIMIT_FACTOR: rate({ default: { points: 5, seconds: 300 }, doc: 'Wrong codes of second factors per account.' }),
    LIMIT_FACTOR_DAY: rate({
      default: { points: 20, seconds: 86_400 },
      doc: 'Wrong codes of second factors per account, in the long run.',
    }),
  },
  limits: { factor: 'LIMIT_FACTOR', 'factor-day': 'LIMIT_FACTOR_DAY' },
  errors: {
    'factor.invalid': {
      status: 401,
      title: 'The factor is not right',
      kind: 'bad-credentials',
      advice: 'Let the user try again; the server does not reveal what was wrong. A code works once: wait for the next one.',
    },
    'factor.throttled': {
      status: 429,
      title: 'Too many wrong codes',
      kind: 'throttled',
      advice: 'Wait for `Retry-After`. Another factor of the account may still work.',
    },
    'authenticator.not_found': {
      status: 404,
      title: 'No such authenticator',
      kind: 'not-found',
      advice: 'It may have been removed: reload the list.',
    },
    'authenticator.exists': {
      status: 409,
      title: 'The authenticator is registered already',
      kind: 'conflict',
      advice: 'Tell the user that this device is set up.',
    },
    'authenticator.unconfirmed': {
      status: 409,
      title: 'The authenticator cannot be confirmed',
      kind: 'conflict',
      advice: 'Let the user add it again: 15 minutes are over, or it is confirmed already.',
    },
    'authenticator.last_way_in': {
      status: 409,
      title: 'The account needs this authenticator',
      kind: 'conflict',
      advice: 'Let the user set up another one first, or a password.',
    },
    'authenticator.none': {
      status: 409,
      title: 'The account has no second factor',
      kind: 'conflict',
      advice: 'Let the user set up an authenticator app or a passkey first.',
    },
    'authenticator.too_many': {
      status: 409,
      title: 'The account has too many authenticators',
      kind: 'conflict',
      advice: 'Let the user remove one that is not used any more.',
    },
    'auth.second_factor_demanded': {
      status: 409,
      title: 'This server demands a second factor',
      kind: 'conflict',
      advice: 'Do not offer to go without one: `MFA` demands it of this account.',
    },
    'auth.method_disabled': {
      status: 403,
      title: 'The server does not offer this',
      kind: 'forbidden',
      advice: 'Do not offer it: `MFA` is `off`, or this way to sign in is switched off.',
    },
  },
  events: {
    'authenticator.added': publicEvent('An authenticator was added to an account.', {
      facts: {
        type: { type: 'text', doc: 'Its kind: `passkey` or `totp`.', example: 'passkey' },
        authenticatorId: { type: 'id', doc: 'The authenticator.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44' },
      },
    }),
    'authenticator.renamed': publicEvent('An authenticator got another name.', {
      facts: { authenticatorId: { type: 'id', doc: 'The authenticator.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44' } },
    }),
    'authenticator.removed': publicEvent('An authenticator was removed.', {
      facts: {
        type: { type: 'text', doc: 'Its kind: `passkey` or `totp`.', example: 'totp' },
        authenticatorId: { type: 'id', doc: 'The authenticator.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44' },
      },
    }),
    'authenticators.removed': publicEvent('All authenticators and recovery codes of an account were removed.', {
      facts: { count: { type: 'number', doc: 'How many were removed.', example: 2 } },
    }),
    'factor.checked': internalEvent(
      'Somebody showed a passkey or a code of a second factor that was not right.',
      'It is only recorded as a failure.',
    ),
    'recovery_codes.made': publicEvent('An account got new recovery codes; earlier ones are dead.'),
    'recovery_code.used': publicEvent('A recovery code stood in for a second factor.', {
      facts: { left: { type: 'number', doc: 'How many codes are left.', example: 9 } },
    }),
    'second_factor.demanded': publicEvent('The owner of an account wants a second factor at every sign-in.'),
    'second_factor.waived': publicEvent('The owner of an account no longer wants a second factor at every sign-in.'),
  },
  mails: {
    'authenticator-added': {
      about: { key: 'about.passkey' },
      carriesSecrets: 'to-owners',
      notMe: 'disavow',
    },
    'authenticator-removed': {
      about: { key: 'about.authenticator-app' },
      carriesSecrets: 'to-owners',
      notMe: 'disavow',
    },
    'recovery-codes-made': {
      carriesSecrets: 'to-owners',
      notMe: 'disavow',
    },
    'recovery-code-used': {
      about: '7',
      carriesSecrets: 'to-owners',
      notMe: 'disavow',
    },
    'second-factor-demanded': {
      carriesSecrets: 'to-owners',
      notMe: 'disavow',
    },
    'second-factor-waived': {
      carriesSecrets: 'to-owners',
      notMe: 'disavow',
    },
  },
  sessionEnds: {
    'factor-removed': 'An authenticator of the account was removed.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    authenticators: typeof declared;
  }
}

/** Authenticators: what accounts prove themselves by beside a password. */
export const authenticators = {
  name: 'authenticators',
  folder: import.meta.dirname,
  module: async () => (await import('./authenticators.module.js')).AuthenticatorsModule,
  untold: { factor_waivers: 'A wait for a reset without the second factor, for some days; the events of the export tell of it.' },
  migrations: [Authenticators9014400000000, FactorWaivers9014430000000, RecoveryCodeKeys9014460000000],
  exports: {
    authenticators: async () => (await import('./authenticators.export.js')).AUTHENTICATORS_EXPORT,
    recoveryCodes: async () => (await import('./authenticators.export.js')).RECOVERY_CODES_EXPORT,
  },
  ...declared,
} as const satisfies Capability;
