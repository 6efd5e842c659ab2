import type { Capability, Declarations } from '../../common/capability.js';
import { integer } from '../../config/setting.js';

const declared = {
  settings: {
    ACCESS_TOKEN_TTL_SECONDS: integer({
      default: 900,
      min: 30,
      max: 86_400,
      doc: 'Lifetime of an access token, in seconds.',
    }),
  },
  errors: {
    'token.invalid': {
      status: 401,
      title: 'The access token is not valid',
      kind: 'token-invalid',
      advice: 'Discard the token and show the sign-in.',
    },
    'token.expired': {
      status: 401,
      title: 'The access token has expired',
      kind: 'token-expired',
      advice: 'Refresh the token and send the request again.',
    },
    'token.revoked': {
      status: 401,
      title: 'The access token has been revoked',
      kind: 'token-revoked',
      advice: 'The session has ended: discard it and show the sign-in.',
    },
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    accessTokens: typeof declared;
  }
}

/** Access tokens and their revocation. */
export const accessTokens = {
  name: 'accessTokens',
  folder: import.meta.dirname,
  module: async () => (await import('./access-tokens.module.js')).AccessTokensModule,
  ...declared,
} as const satisfies Capability;
