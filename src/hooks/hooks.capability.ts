import type { Capability, Declarations } from '../common/capability.js';
import { internalEvent } from '../common/event-row.js';
import { oneOf } from '../config/setting.js';
import { webhookSecrets } from '../outbound/webhook-secret-setting.js';
import { hookUrl } from './hook-url-setting.js';

/** Two, so that a receiver can change from one to the next while requests have a signature of both. */
const MAX_SECRETS = 2;

const FAILURES = ['closed', 'open'] as const;

const declared = {
  settings: {
    HOOK_BEFORE_SIGN_UP: hookUrl({
      name: 'HOOK_BEFORE_SIGN_UP',
      example: 'https://app.example.com/hooks/sign-up',
      doc: 'Asks this URL before somebody gets an account, whichever way they sign up; the answer allows or denies it. Described in docs/hooks.md.',
    }),
    HOOK_BEFORE_SIGN_UP_FAILURE: oneOf(FAILURES, {
      default: 'closed',
      doc: 'Without a usable answer within 2 s: `closed` refuses the sign-up (503), `open` allows it.',
    }),
    HOOK_BEFORE_TOKEN: hookUrl({
      name: 'HOOK_BEFORE_TOKEN',
      example: 'https://app.example.com/hooks/token',
      doc: 'Asks this URL before each access token: at sign-in, at every refresh and at a step-up. The answer allows or denies it, and may add claims. Described in docs/hooks.md.',
    }),
    HOOK_BEFORE_TOKEN_FAILURE: oneOf(FAILURES, {
      default: 'closed',
      doc: 'Without a usable answer within 2 s: `closed` refuses the token (503), `open` issues it without claims of the hook.',
    }),
    HOOK_SECRETS: webhookSecrets({
      max: MAX_SECRETS,
      doc: 'Signs the requests to hooks (Standard Webhooks): `whsec_` and the base64 of 24 to 64 random bytes. Two, separated by a comma, sign while you change from one to the other.',
    }),
  },
  errors: {
    'hook.denied': {
      status: 403,
      title: 'The operator does not allow it',
      // The one kind for which every contract says in its own form what the error says.
      kind: 'conflict',
      advice: 'Show the `detail`: the operator of the server wrote it for the user. At a refresh the session has ended: show the sign-in.',
    },
    'hook.unavailable': {
      status: 503,
      title: 'The operator’s service does not answer',
      kind: 'unavailable',
      advice: 'Repeat the request after `Retry-After` seconds. Nothing was changed: a refresh token is as good as before.',
    },
  },
  events: {
    'hook.denied': internalEvent(
      'A hook denied a sign-up or a token.',
      'The operator’s own service decided it; denied sign-ups can be caused without end.',
    ),
    'hook.failed': internalEvent(
      'A hook gave no usable answer; at most one event a minute for each hook and reason, and one that says how many followed.',
      'It concerns the operator’s own service, and can be caused without end.',
    ),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    hooks: typeof declared;
  }
}

/** Services of the operator that are asked before somebody gets an account or a token. */
export const hooks = {
  name: 'hooks',
  folder: import.meta.dirname,
  module: async () => (await import('./hooks.module.js')).HooksModule,
  ...declared,
} as const satisfies Capability;
