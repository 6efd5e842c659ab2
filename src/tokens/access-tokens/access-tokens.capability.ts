import type { Capability, Declarations } from '../../common/capability.js';
import { integer } from '../../config/setting.js';

/** A longer lifetime, s, is told of: each node keeps an ended session in memory for as long as its tokens could live. */
const LONG_SECONDS = 3_600;
const DEFAULT_SECONDS = 900;

const declared = {
  settings: {
    ACCESS_TOKEN_TTL_SECONDS: integer({
      default: DEFAULT_SECONDS,
      min: 30,
      max: 86_400,
      harm: (seconds) =>
        seconds <= LONG_SECONDS
          ? []
          : [
              {
                finding: `ACCESS_TOKEN_TTL_SECONDS=${seconds}: every node keeps, and streams, ${Math.round(seconds / DEFAULT_SECONDS)} times as many ended sessions as with ${DEFAULT_SECONDS}`,
                advice: `choose at most ${LONG_SECONDS}: clients refresh their tokens`,
              },
            ],
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
    'auth.step_up_required': {
      status: 401,
      title: 'Another proof is required',
      kind: 'forbidden',
      advice:
        'Step up: `POST /v1/sign-ins` with `purpose: "step_up"`, and `requiredAal` and `maxAge` as the members `acrValues` and `maxAge` of this answer say. Then repeat the request with the new access token.',
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
