import type { Capability, Declarations } from '../../common/capability.js';
import { oneOf } from '../../config/setting.js';

const declared = {
  settings: {
    ADMIN_REQUIRES: oneOf(['aal1', 'aal2'], {
      default: 'aal1',
      production: 'aal2',
      doc: 'Assurance that administration demands of a session: `aal2` is a second factor or a passkey.',
    }),
  },
  errors: {
    'access.unauthenticated': {
      status: 401,
      title: 'An access token is required',
      kind: 'token-missing',
      advice: 'Sign in, and send `Authorization: Bearer …`.',
    },
    'access.forbidden': {
      status: 403,
      title: 'Not allowed',
      kind: 'forbidden',
      advice: 'Do not offer this action: the user lacks the role, or does not own the resource.',
    },
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    access: typeof declared;
  }
}

/** Access control of routes. */
export const access = {
  name: 'access',
  folder: import.meta.dirname,
  module: async () => (await import('./access.module.js')).AccessModule,
  ...declared,
} as const satisfies Capability;
