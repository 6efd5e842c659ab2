import type { Capability, Declarations } from '../../common/capability.js';
import { domain, passkeyOrigins } from './rp-settings.js';

const declared = {
  settings: {
    WEBAUTHN_RP_ID: domain({
      example: 'example.com',
      doc: 'Domain that passkeys belong to, the RP ID of WebAuthn: pages on it and on its subdomains can use them. It cannot be changed later: passkeys stay with their domain. Default: the host of `PUBLIC_URL`; if that is an IP address, the server offers no passkeys.',
    }),
    WEBAUTHN_ORIGINS: passkeyOrigins({
      default: [],
      example: 'https://app.example.com,https://example.net',
      doc: 'Origins of pages that may use passkeys, comma-separated, compared exactly; an Android app is `android:apk-key-hash:HASH`. Those outside the domain of `WEBAUTHN_RP_ID` are served at `/.well-known/webauthn` (related origins). Default: the origin of `PUBLIC_URL`, and those of `CORS_ORIGINS` in that domain without `*`; outside production also every `http://localhost:*` if the domain is `localhost` and `CORS_ORIGINS` is empty.',
    }),
  },
  errors: {
    'passkey.rejected': {
      status: 422,
      title: 'The passkey cannot be registered',
      kind: 'bad-request',
      advice:
        'Ask for new options and let the user try again. The member `rule` tells what is wrong; `origin` and `rp_id` point to the settings `WEBAUTHN_ORIGINS` and `WEBAUTHN_RP_ID`.',
    },
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    webauthn: typeof declared;
  }
}

/** What WebAuthn asks of a relying party: its domain and origins, and questions that are answered once. */
export const webauthn = {
  name: 'webauthn',
  folder: import.meta.dirname,
  module: async () => (await import('./webauthn.module.js')).WebauthnModule,
  ...declared,
} as const satisfies Capability;
