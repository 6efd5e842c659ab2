import type { Capability, Declarations } from '../common/capability.js';
import { IdempotencyKeys9010400000000 } from './migrations/10400-idempotency-keys.js';

const declared = {
  errors: {
    'idempotency.key_invalid': {
      status: 400,
      title: 'The Idempotency-Key cannot be used',
      kind: 'bad-request',
      advice: 'Send a key in a format that the operation allows, such as a UUID.',
    },
    'idempotency.key_reused': {
      status: 422,
      title: 'The Idempotency-Key was used for another request',
      kind: 'bad-request',
      advice: 'Generate a new key for each new request; use the same key only to repeat the same request.',
    },
    'idempotency.in_progress': {
      status: 409,
      title: 'A request with this Idempotency-Key is in progress',
      kind: 'conflict',
      advice: 'The first request is still in progress: wait, then repeat it with the same key.',
    },
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    idempotency: typeof declared;
  }
}

/** Idempotency keys for repeated requests. */
export const idempotency = {
  name: 'idempotency',
  folder: import.meta.dirname,
  migrations: [IdempotencyKeys9010400000000],
  untold: { idempotency_keys: 'Keeps an answer for a day in case the client repeats the request; other tables hold what the request did.' },
  ...declared,
} as const satisfies Capability;
