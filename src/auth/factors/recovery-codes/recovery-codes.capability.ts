import type { Capability, Declarations } from '../../../common/capability.js';

const declared = {} as const satisfies Declarations;

declare module '../../../common/declared.js' {
  interface Declared {
    recoveryCodes: typeof declared;
  }
}

/** Recovery codes as a second factor, for the loss of the others. */
export const recoveryCodes = {
  name: 'recoveryCodes',
  folder: import.meta.dirname,
  module: async () => (await import('./recovery-codes.module.js')).RecoveryCodesModule,
  ...declared,
} as const satisfies Capability;
