import type { Capability, Declarations } from '../../common/capability.js';
import { internalEvent } from '../../common/event-row.js';
import { oauthClients, rate } from '../../config/setting.js';

const declared = {
  settings: {
    OAUTH_CLIENTS: oauthClients({
      default: [],
      example: 'books:a-random-value,shop:another-random-value',
      doc: 'Backends that may introspect and revoke tokens and read the revocation stream, as comma-separated `id:secret`; in production each secret needs at least 32 bytes.',
    }),
    LIMIT_OAUTH_CLIENTS: rate({
      default: { points: 30, seconds: 900 },
      doc: 'Wrong client secrets per network at `/oauth` and `/v1/revocations`; right ones always pass.',
    }),
  },
  limits: { 'oauth-client': 'LIMIT_OAUTH_CLIENTS' },
  errors: {
    'oauth.invalid_client': {
      status: 401,
      title: 'The client is unknown or its secret is wrong',
      kind: 'forbidden',
      advice: 'Check the entry in `OAUTH_CLIENTS`.',
    },
    'oauth.invalid_request': {
      status: 400,
      title: 'The request has missing or repeated parameters',
      kind: 'bad-request',
      advice: 'Send each parameter once.',
    },
  },
  events: {
    'client.refused': internalEvent('A backend sent a wrong client id or secret.', 'It is only recorded as a failure.'),
  },
  sessionEnds: {
    'by-client': 'A backend revoked a token of the session.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    oauth: typeof declared;
  }
}

/** Introspection, revocation and the revocation stream for other backends. */
export const oauth = {
  name: 'oauth',
  folder: import.meta.dirname,
  module: async () => (await import('./oauth.module.js')).OAuthModule,
  ...declared,
} as const satisfies Capability;
