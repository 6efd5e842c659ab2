import type { Capability, Declarations } from '../../common/capability.js';
import { oneOf, rate } from '../../config/setting.js';

const declared = {
  settings: {
    ACCOUNT_PRIVACY: oneOf(['open', 'strict'], {
      default: 'open',
      doc: '`strict`: nobody can find out which e-mail addresses and mobile numbers are registered. Registering then takes one address and no username, and answers 202 either way; a user can sign in once the address is proven. Contracts still answer as their documents say.',
    }),
    LIMIT_REGISTER: rate({ default: { points: 30, seconds: 3_600 }, doc: 'Registrations per network.' }),
    LIMIT_AVAILABILITY: rate({
      default: { points: 60, seconds: 60 },
      doc: 'Availability checks of usernames and e-mail addresses per network.',
    }),
  },
  limits: { register: 'LIMIT_REGISTER', availability: 'LIMIT_AVAILABILITY' },
  rules: {
    'username.later': 'With `ACCOUNT_PRIVACY=strict`: a username is chosen after signing in.',
    'mobile.later': 'With `ACCOUNT_PRIVACY=strict`: one of e-mail address and mobile number.',
    'availability.one': 'One name is asked for at a time.',
  },
  errors: {
    'availability.private': {
      status: 403,
      title: 'Availability is private on this server',
      kind: 'forbidden',
      advice: 'Do not offer this check on this server (`ACCOUNT_PRIVACY=strict`).',
    },
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    registration: typeof declared;
  }
}

/** Registration. */
export const registration = {
  name: 'registration',
  folder: import.meta.dirname,
  module: async () => (await import('./registration.module.js')).RegistrationModule,
  tags: [{ name: 'Auth', description: 'Registration, sign-in and sign-out, proof of an e-mail address.', position: 1 }],
  ...declared,
} as const satisfies Capability;
