import type { Capability, Declarations } from '../common/capability.js';
import { IdempotencyKeys9010400000000 } from './migrations/10400-idempotency-keys.js';

const declared = {
  errors: {
    'idempotency.key_invalid': {
      status: 400,
      title: 'The Idempotency-Key cannot be used',
      kind: 'bad-request',
      advice: 'Send a key of a form that the operation allows, such as a UUID.',
    },
    'idempotency.key_reused': {
      status: 422,
      title: 'The Idempotency-Key was used for another request',
      kind: 'bad-request',
      advice: 'Make a new key for each new request; keep it for repeats of the same one.',
    },
    'idempotency.in_progress': {
      status: 409,
      title: 'A request with this Idempotency-Key is under way',
      kind: 'conflict',
      advice: 'The first one is still under way: wait, then repeat with the same key.',
    },
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    idempotency: typeof declared;
  }
}

/** Requests that may be repeated. */
export const idempotency = {
  name: 'idempotency',
  folder: import.meta.dirname,
  migrations: [IdempotencyKeys9010400000000],
  untold: { idempotency_keys: 'Keeps an answer for a day in case the request is repeated; what it did is told elsewhere.' },
  ...declared,
} as const satisfies Capability;
