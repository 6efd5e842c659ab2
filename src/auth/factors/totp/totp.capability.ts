import type { Capability, Declarations } from '../../../common/capability.js';

const declared = {} as const satisfies Declarations;

declare module '../../../common/declared.js' {
  interface Declared {
    totp: typeof declared;
  }
}

/** One-time codes of authenticator apps (RFC 6238) as a second factor. */
export const totp = {
  name: 'totp',
  folder: import.meta.dirname,
  module: async () => (await import('./totp.module.js')).TotpModule,
  ...declared,
} as const satisfies Capability;
