import type { Capability, Declarations } from '../../common/capability.js';
import { publicEvent } from '../../common/event-row.js';
import { integer } from '../../config/setting.js';

const declared = {
  settings: {
    SIGNING_KEY_ROTATION_DAYS: integer({
      default: 30,
      min: 1,
      max: 365,
      doc: 'After this many days the server signs access tokens with a new key. Tokens signed with the former key stay valid until they expire.',
    }),
  },
  events: {
    'signing_key.activated': publicEvent('A signing key began to sign; `by` is `schedule` or `command`.', {
      subject: null,
      facts: {
        key: { type: 'text', doc: 'Its `kid`.', example: '3Zq0r4m1' },
        by: { type: 'text', doc: '`schedule` or `command`.', example: 'schedule' },
      },
    }),
    'signing_key.withdrawn': publicEvent('A signing key was withdrawn; `by` is `schedule` or `command`.', {
      subject: null,
      facts: {
        key: { type: 'text', doc: 'Its `kid`.', example: '3Zq0r4m1' },
        by: { type: 'text', doc: '`schedule` or `command`.', example: 'command' },
      },
    }),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    signingKeys: typeof declared;
  }
}

/** The keys that sign access tokens. */
export const signingKeys = {
  name: 'signingKeys',
  folder: import.meta.dirname,
  module: async () => (await import('./signing-keys.module.js')).SigningKeysModule,
  tags: [{ name: 'Tokens', description: 'Keys and token checks for backends that receive access tokens.', position: 5 }],
  ...declared,
} as const satisfies Capability;
