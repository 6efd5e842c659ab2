import type { Capability, Declarations } from '../../common/capability.js';
import { internalEvent } from '../../common/event-row.js';
import { rate } from '../../config/setting.js';
import { SignInCodes9015010000000 } from './migrations/15010-sign-in-codes.js';

const declared = {
  settings: {
    LIMIT_SIGN_IN_CODES: rate({
      default: { points: 5, seconds: 3_600 },
      doc: 'Codes to sign in, by mail or text message, per network and what was typed, whether or not an account has it.',
    }),
  },
  limits: { 'sign-in-code': 'LIMIT_SIGN_IN_CODES' },
  events: {
    'sign_in.code_requested': internalEvent(
      'Somebody asked for a code to sign in with.',
      'Only a message was asked for: nothing has changed.',
    ),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    signInCodes: typeof declared;
  }
}

/** Codes that sign-ins ask for, however they are sent. */
export const signInCodes = {
  name: 'signInCodes',
  folder: import.meta.dirname,
  module: async () => (await import('./sign-in-codes.module.js')).SignInCodesModule,
  migrations: [SignInCodes9015010000000],
  untold: { sign_in_codes: 'Lasts 10 minutes; the mails and events of the export tell of it.' },
  ...declared,
} as const satisfies Capability;
