import type { Capability, Declarations } from '../../common/capability.js';
import { integer } from '../../config/setting.js';
import { Tokens2000000000000 } from './migrations/2000-tokens.js';

const declared = {
  settings: {
    SESSION_IDLE_DAYS: integer({
      default: 30,
      min: 1,
      max: 365,
      doc: 'A session ends when it was not refreshed for this long.',
    }),
    SESSION_ABSOLUTE_DAYS: integer({
      default: 90,
      min: 1,
      max: 3_650,
      doc: 'A session ends this long after sign-in, used or not.',
    }),
  },
  errors: {
    'refresh_token.invalid': {
      status: 401,
      title: 'The refresh token is not valid',
      kind: 'refresh-token-invalid',
      advice: 'The session has ended: forget it and show the sign-in.',
    },
    'refresh_token.reused': {
      status: 401,
      title: 'The refresh token was used before',
      kind: 'refresh-token-invalid',
      advice: 'The same; somebody else may have had the token. If it happens often, two parts of your app refresh at once with old tokens.',
    },
    'session.not_found': { status: 404, title: 'No such session', kind: 'not-found', advice: 'It has ended already: read the list again.' },
    'request.origin_refused': {
      status: 403,
      title: 'Not accepted from this page',
      kind: 'forbidden',
      advice: 'The page is not in `CORS_ORIGINS`, or the request with the cookie is not JSON.',
    },
  },
  events: {
    'session.refresh_refused': 'A refresh token that was used before came back; its session was ended.',
    'session.ended': 'A session was ended.',
    'sessions.ended': 'All sessions of an account were ended.',
  },
  sessionEnds: {
    'sign-out': 'Its owner signed out.',
    'sign-out-everywhere': 'Its owner signed out everywhere.',
    reuse: 'A refresh token that was used before came back.',
    'by-user': 'Its owner ended it from another session.',
    'by-admin': 'An administrator ended it.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    sessions: typeof declared;
  }
}

/** Sessions: opened, refreshed, ended. */
export const sessions = {
  name: 'sessions',
  folder: import.meta.dirname,
  module: async () => (await import('./sessions.module.js')).SessionsModule,
  migrations: [Tokens2000000000000],
  exports: { sessions: async () => (await import('./sessions.export.js')).SESSIONS_EXPORT },
  ...declared,
} as const satisfies Capability;
