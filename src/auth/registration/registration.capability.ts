import type { Capability, Declarations } from '../../common/capability.js';
import { oneOf, rate } from '../../config/setting.js';

const declared = {
  settings: {
    ACCOUNT_PRIVACY: oneOf(['open', 'strict'], {
      default: 'open',
      doc: '`strict`: nobody can find out which e-mail addresses and mobile numbers are registered. Registering then takes one address and no username, answers 202 either way, and an account can sign in once the address is proven. Contracts go on answering what their documents say.',
    }),
    LIMIT_REGISTER: rate({ default: { points: 30, seconds: 3_600 }, doc: 'Registrations per network.' }),
    LIMIT_AVAILABILITY: rate({ default: { points: 60, seconds: 60 }, doc: 'Usernames and e-mail addresses asked about per network.' }),
  },
  limits: { register: 'LIMIT_REGISTER', availability: 'LIMIT_AVAILABILITY' },
  errors: {
    'availability.private': {
      status: 403,
      title: 'Not told on this server',
      kind: 'forbidden',
      advice: 'Do not offer it on this server (`ACCOUNT_PRIVACY=strict`).',
    },
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    registration: typeof declared;
  }
}

/** Making an account. */
export const registration = {
  name: 'registration',
  folder: import.meta.dirname,
  module: async () => (await import('./registration.module.js')).RegistrationModule,
  tags: [{ name: 'Auth', description: 'Registering, signing in and out, proving an e-mail address.', position: 1 }],
  ...declared,
} as const satisfies Capability;
