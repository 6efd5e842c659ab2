import type { Capability, Declarations } from '../../common/capability.js';
import { publicEvent } from '../../common/event-row.js';
import { oneOf, rate } from '../../config/setting.js';
import { SignIns9014450000000 } from './migrations/14450-sign-ins.js';
import { SignInLinks9015220000000 } from './migrations/15220-sign-in-links.js';

const declared = {
  settings: {
    SIGN_IN_REQUIRES: oneOf(['nothing', 'verified'], {
      default: 'nothing',
      doc: '`verified`: only accounts with a confirmed e-mail address or mobile number can sign in.',
    }),
    WEAK_PASSWORDS: oneOf(['allow', 'replace-known', 'replace'], {
      default: 'allow',
      doc: '`replace-known`: who signs in with one of the most used or breached passwords has to choose another first. `replace`: so does who signs in with any password that could not be set today, such as an imported one that is too short. Administrators always have to, whatever this says.',
    }),
    LIMIT_SIGN_IN_STARTS: rate({
      default: { points: 100, seconds: 900 },
      doc: 'Sign-ins that begin without a password, step-ups and challenges, per network.',
    }),
  },
  limits: { 'sign-in-start': 'LIMIT_SIGN_IN_STARTS' },
  rules: {
    'attempt.ambiguous': 'An attempt has no factor, or more than one.',
    'attempt.account_known': 'An identifier is sent to a sign-in that waits for one account.',
  },
  errors: {
    'auth.second_factor_required': {
      status: 403,
      title: 'The second factor is required',
      kind: 'not-allowed-yet',
      advice:
        'The password, code or link was right. A sign-in goes on in the member `signIn`: show the factors that it names. A reset of the password has no such member: send it again with `totp` or `recoveryCode`.',
    },
    'auth.enrollment_required': {
      status: 403,
      title: 'A second factor has to be set up first',
      kind: 'not-allowed-yet',
      advice: 'The password was right. Set up a second factor in the sign-in in the member `signIn`.',
    },
    'auth.new_password_required': {
      status: 403,
      title: 'Another password has to be chosen first',
      kind: 'not-allowed-yet',
      advice: 'The password was right. Send `newPassword` to the sign-in in the member `signIn`.',
    },
    'sign_in.not_found': {
      status: 404,
      title: 'No such sign-in',
      kind: 'not-found',
      advice: 'Begin a new one. The id without its secret finds nothing.',
    },
    'sign_in.expired': {
      status: 410,
      title: 'The sign-in is over',
      kind: 'code-expired',
      advice: 'Begin a new one with what the member `restart` says.',
    },
    'sign_in.wrong_state': {
      status: 409,
      title: 'The sign-in does not wait for this',
      kind: 'conflict',
      advice: 'Read the sign-in, and show what its status asks for.',
    },
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
    'session.opened': publicEvent('Somebody signed in.', {
      facts: { clientId: { type: 'text', doc: 'The API that opened it: `latchkey`, or the slug of a contract.', example: 'latchkey' } },
    }),
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
  tags: [{ name: 'Sign-in', description: 'Signing in step by step: second factors, passkeys, stepping up.', position: 1.5 }],
  migrations: [SignIns9014450000000, SignInLinks9015220000000],
  untold: { sign_ins: 'Lasts 15 minutes; what came of it is among the sessions and events.' },
  ...declared,
} as const satisfies Capability;
