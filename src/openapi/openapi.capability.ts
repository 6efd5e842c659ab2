import type { Capability, Declarations } from '../common/capability.js';
import { bool } from '../config/setting.js';

const declared = {
  settings: {
    DOCS: bool({
      default: true,
      doc: 'Serve the API documentation at `/docs` and `/openapi.json`, and the client libraries below `/sdk`.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    openapi: typeof declared;
  }
}

/** The documentation of the API. */
export const openapi = {
  name: 'openapi',
  folder: import.meta.dirname,
  ...declared,
} as const satisfies Capability;
