import type { Capability, Declarations } from '../../../common/capability.js';
import { internalEvent } from '../../../common/event-row.js';
import { Passkeys9014420000000 } from './migrations/14420-passkeys.js';
import { MovedPasskeys9014470000000 } from './migrations/14470-moved-passkeys.js';

const declared = {
  events: {
    'passkey.counter_regressed': internalEvent(
      'A passkey was refused because its signature counter did not rise: it may have been copied.',
      'It is only recorded as a failure.',
    ),
  },
} as const satisfies Declarations;

declare module '../../../common/declared.js' {
  interface Declared {
    passkeys: typeof declared;
  }
}

/** Passkeys (WebAuthn) as first and second factor. */
export const passkeys = {
  name: 'passkeys',
  folder: import.meta.dirname,
  module: async () => (await import('./passkeys.module.js')).PasskeysModule,
  migrations: [Passkeys9014420000000, MovedPasskeys9014470000000],
  exports: { passkeys: async () => (await import('./passkeys.export.js')).PASSKEYS_EXPORT },
  untold: { webauthn_handles: 'The random id by which authenticators know the account; the export has the passkeys.' },
  ...declared,
} as const satisfies Capability;
