import type { Capability, Declarations } from '../common/capability.js';
import { bool, someOf } from '../config/setting.js';
import { CONTRACT_SLUGS } from './shared/contract-slugs.js';

const declared = {
  settings: {
    CONTRACTS: someOf(CONTRACT_SLUGS, {
      default: CONTRACT_SLUGS,
      production: [],
      example: 'sadhelx,user-spec',
      doc: 'Wire contracts that the server serves below `/contracts`: a comma-separated list of `test-library`, `entity-user`, `sadhelx`, `user-auth`, `user-spec`, or `all`, or `none`.',
    }),
    CONTRACTS_OPEN: bool({
      default: true,
      production: false,
      doc: 'Whether anyone may call the operations that the documents of some contracts leave open, such as lists of all users. With `false` only administrators read lists, only its owner and administrators read an account, and anyone signed in reads books.',
    }),
  },
  events: {
    'account.activation_requested': 'A code that activates an account was texted to its number.',
    'account.activated': 'An account was activated.',
  },
  purposes: {
    'activate-account': { page: null, mail: null, ttlSeconds: 15 * 60, event: 'account.activated' },
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    contracts: typeof declared;
  }
}

/** The APIs of other backends over the same core. */
export const contracts = {
  name: 'contracts',
  folder: import.meta.dirname,
  ...declared,
} as const satisfies Capability;
