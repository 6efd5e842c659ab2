import type { Capability, Declarations } from '../common/capability.js';
import { claimsTemplate } from './claims-template.js';

const declared = {
  settings: {
    CLAIMS_TEMPLATE: claimsTemplate({
      example: '{"plan": "publicMetadata.plan"}',
      doc: 'Further claims of access tokens, under `ext`: a JSON object of their names and of paths in the account’s `publicMetadata`, which only administrators write. Described in docs/hooks.md.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    claims: typeof declared;
  }
}

/** What operators add to access tokens, and the limits of it. */
export const claims = {
  name: 'claims',
  folder: import.meta.dirname,
  ...declared,
} as const satisfies Capability;
