import type { Capability, Declarations } from '../../common/capability.js';

const declared = {} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    signedIn: typeof declared;
  }
}

/** What is done with an open session: it is refreshed, checked and ended. */
export const signedIn = {
  name: 'signedIn',
  folder: import.meta.dirname,
  module: async () => (await import('./signed-in.module.js')).SignedInModule,
  ...declared,
} as const satisfies Capability;
