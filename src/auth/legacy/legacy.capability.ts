import type { Capability, Declarations } from '../../common/capability.js';
import { publicEvent } from '../../common/event-row.js';
import { bool } from '../../config/setting.js';
import { legacyUrl } from './legacy-settings.js';
import { webhookSecret } from '../../outbound/webhook-secret-setting.js';

const declared = {
  settings: {
    LEGACY_VERIFY_URL: legacyUrl({
      example: 'https://old.example.com/verify-password',
      doc: 'Asks the old system at the first sign-in of an account whose password hash is missing or of an unknown kind: gets `POST {identifier, password}`, and answers 200 `{"verified": true}` within 2 s, or 401 or 404. Described in docs/moving-over/first-sign-in.md.',
      check: (_, all) =>
        all['LEGACY_VERIFY_SECRET'] === undefined ? ['LEGACY_VERIFY_SECRET must be set, because LEGACY_VERIFY_URL is'] : [],
    }),
    LEGACY_VERIFY_SECRET: webhookSecret({
      doc: 'Signs these requests (Standard Webhooks): `whsec_` and the base64 of 24 to 64 random bytes. The old system checks the signature.',
    }),
    LEGACY_VERIFY_UNKNOWN: bool({
      default: false,
      doc: 'Whether the old system is also asked about identifiers that no account has. Its answer then contains the account, which is created.',
      check: (value, all) => (value && all['LEGACY_VERIFY_URL'] === undefined ? ['LEGACY_VERIFY_UNKNOWN needs LEGACY_VERIFY_URL'] : []),
    }),
  },
  events: {
    'account.adopted': publicEvent(
      'The old system confirmed a password that was not known here; from then on it is compared here. The details name the old system, and whether the account was created.',
      {
        facts: {
          from: { type: 'text', doc: 'Host of the old system.', example: 'old.example.com' },
          created: { type: 'flag', doc: 'Whether the account was created.', example: true },
        },
      },
    ),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    legacy: typeof declared;
  }
}

/** Passwords that only the old system can compare, at each account's first sign-in. */
export const legacy = {
  name: 'legacy',
  folder: import.meta.dirname,
  module: async () => (await import('./legacy.module.js')).LegacyModule,
  ...declared,
} as const satisfies Capability;
