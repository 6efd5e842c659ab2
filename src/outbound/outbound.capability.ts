import type { Capability, Declarations } from '../common/capability.js';
import { bool, integer } from '../config/setting.js';

const declared = {
  settings: {
    OUTBOUND_ALLOW_PRIVATE: bool({
      default: false,
      check: (value, { NODE_ENV: environment }) =>
        value && environment === 'production' ? ['OUTBOUND_ALLOW_PRIVATE must be false in production'] : [],
      doc: 'Lets the server call addresses that administrators configure, such as identity providers, also by plain HTTP and at private and loopback addresses. Only for development and tests: production refuses it.',
    }),
    OUTBOUND_TIMEOUT_SECONDS: integer({
      default: 10,
      min: 1,
      max: 60,
      doc: 'How long the server waits for such an address, from the first step until the last byte of the answer.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    outbound: typeof declared;
  }
}

/** Requests to servers that others name, kept away from this network's own. */
export const outbound = {
  name: 'outbound',
  folder: import.meta.dirname,
  ...declared,
} as const satisfies Capability;
