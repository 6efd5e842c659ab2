import type { Capability, Declarations } from '../../../common/capability.js';

const declared = {} as const satisfies Declarations;

declare module '../../../common/declared.js' {
  interface Declared {
    password: typeof declared;
  }
}

/** The password as a first factor. */
export const password = {
  name: 'password',
  folder: import.meta.dirname,
  module: async () => (await import('./password.module.js')).PasswordModule,
  ...declared,
} as const satisfies Capability;
