import type { Capability, Declarations } from '../../common/capability.js';
import { internalEvent, publicEvent } from '../../common/event-row.js';
import { integer } from '../../config/setting.js';
import { LiveSessions9013210000000 } from './migrations/13210-live-sessions.js';
import { RefreshAttempts9013200000000 } from './migrations/13200-refresh-attempts.js';
import { SessionAssurance9014200000000 } from './migrations/14200-session-assurance.js';
import { SessionFactors9014310000000 } from './migrations/14310-session-factors.js';
import { Tokens2000000000000 } from './migrations/2000-tokens.js';

const declared = {
  settings: {
    SESSION_IDLE_DAYS: integer({
      default: 30,
      min: 1,
      max: 365,
      doc: 'A session ends if it is not refreshed for this long.',
    }),
    SESSION_ABSOLUTE_DAYS: integer({
      default: 90,
      min: 1,
      max: 3_650,
      doc: 'A session ends this long after sign-in, even if it is in use.',
    }),
    SESSIONS_PER_ACCOUNT: integer({
      default: 100,
      min: 1,
      max: 1_000,
      doc: 'Sessions of one account; a sign-in beyond that ends the one that was unused for longest.',
    }),
  },
  errors: {
    'refresh_token.invalid': {
      status: 401,
      title: 'The refresh token is not valid',
      kind: 'refresh-token-invalid',
      advice: 'The session has ended: discard it and show the sign-in.',
    },
    'refresh_token.reused': {
      status: 401,
      title: 'The refresh token was used before',
      kind: 'refresh-token-invalid',
      advice:
        'The session has ended: discard it and show the sign-in. Somebody may have stolen the token. If this happens often, several parts of your app refresh with old tokens.',
    },
    'session.not_found': {
      status: 404,
      title: 'No such session',
      kind: 'not-found',
      advice: 'The session has already ended: reload the list.',
    },
    'request.origin_refused': {
      status: 403,
      title: 'Requests from this origin are not accepted',
      kind: 'forbidden',
      advice: 'The origin is not in `CORS_ORIGINS`, or the request with the cookie is not JSON.',
    },
  },
  events: {
    'session.refresh_refused': internalEvent(
      'A refresh token was refused; if it was a used one (`reason` is `reuse`), its session ended.',
      'It is only recorded as a failure.',
    ),
    'session.elevated': publicEvent('Somebody showed another proof in a session, which has a higher level from then on.', {
      facts: {
        acr: { type: 'text', doc: 'The level from now on.', example: 'urn:latchkey:aal2' },
        methods: { type: 'words', doc: 'What the person has shown.', example: ['pwd', 'otp'] },
      },
    }),
    'session.ended': publicEvent('A session ended.', {
      facts: {
        reason: { type: 'text', doc: 'Why.', example: 'sign-out' },
        count: { type: 'number', doc: 'How many, if it was more than one.', example: 2, optional: true },
      },
    }),
    'sessions.ended': publicEvent('All sessions of an account ended.', {
      facts: { reason: { type: 'text', doc: 'Why.', example: 'password-changed' } },
    }),
  },
  sessionEnds: {
    'sign-out': 'The user signed out.',
    'sign-out-everywhere': 'The user signed out everywhere.',
    replaced: 'The browser signed in again, in cookie mode.',
    reuse: 'A used refresh token came back.',
    'too-many': 'The account had more than `SESSIONS_PER_ACCOUNT` sessions, and this one was unused for longest.',
    'by-user': 'The user ended the session from another session.',
    'by-admin': 'An administrator ended the session.',
    denied: 'The operator’s hook denied a refresh.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    sessions: typeof declared;
  }
}

/** Sessions: opening, refreshing, ending. */
export const sessions = {
  name: 'sessions',
  folder: import.meta.dirname,
  module: async () => (await import('./sessions.module.js')).SessionsModule,
  migrations: [
    Tokens2000000000000,
    RefreshAttempts9013200000000,
    LiveSessions9013210000000,
    SessionAssurance9014200000000,
    SessionFactors9014310000000,
  ],
  exports: { sessions: async () => (await import('./sessions.export.js')).SESSIONS_EXPORT },
  ...declared,
} as const satisfies Capability;
