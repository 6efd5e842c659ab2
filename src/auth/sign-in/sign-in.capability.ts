import type { Capability, Declarations } from '../../common/capability.js';
import { oneOf } from '../../config/setting.js';

const declared = {
  settings: {
    SIGN_IN_REQUIRES: oneOf(['nothing', 'verified'], {
      default: 'nothing',
      doc: '`verified`: only accounts with a confirmed e-mail address or mobile number can sign in.',
    }),
  },
  errors: {
    'auth.account_disabled': {
      status: 403,
      title: 'The account is disabled',
      kind: 'not-allowed-yet',
      advice: 'The password was right. Tell the user whom to contact.',
    },
    'auth.unverified': {
      status: 403,
      title: 'The account is not verified yet',
      kind: 'not-allowed-yet',
      advice: 'The password was right. Ask the user for the code, and offer to send the mail again.',
    },
    'auth.not_activated': {
      status: 403,
      title: 'The account is not activated yet',
      kind: 'not-allowed-yet',
      advice: 'The password was right. Ask the user for the activation code.',
    },
  },
  events: {
    'session.opened': 'Somebody signed in.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    signIn: typeof declared;
  }
}

/** Sign-in: the only way from a proof to a session. */
export const signIn = {
  name: 'signIn',
  folder: import.meta.dirname,
  module: async () => (await import('./sign-in.module.js')).SignInModule,
  ...declared,
} as const satisfies Capability;
