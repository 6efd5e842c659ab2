import type { Capability, Declarations } from '../../common/capability.js';
import { integer, oneOf, rate } from '../../config/setting.js';
import { ProofsOfWork9015600000000 } from './migrations/15600-proofs-of-work.js';

const declared = {
  settings: {
    PROOF_OF_WORK: oneOf(['off', 'adaptive', 'always'], {
      default: 'adaptive',
      doc: 'Whether clients have to prove some computation before the server mails, texts or registers for somebody who is not signed in. `adaptive`: only once an address or a network has had more than `LIMIT_WITHOUT_PROOF_ADDRESS` or `LIMIT_WITHOUT_PROOF_NETWORK`. The SDK does it by itself; contracts never ask for it.',
    }),
    PROOF_OF_WORK_ROUNDS: integer({
      default: 600,
      min: 1,
      max: 20_000,
      doc: 'How much work a proof is: key derivations of about half a millisecond, on average. 600 take a browser about half a second.',
    }),
    LIMIT_WITHOUT_PROOF_ADDRESS: rate({
      default: { points: 5, seconds: 3_600 },
      doc: 'Requests for a mail, a text message or an account per address, number or username without a proof of work, and wrong passwords after which one is asked for.',
    }),
    LIMIT_WITHOUT_PROOF_NETWORK: rate({ default: { points: 20, seconds: 3_600 }, doc: 'The same per network.' }),
  },
  limits: {
    'without-proof-address': 'LIMIT_WITHOUT_PROOF_ADDRESS',
    'without-proof-network': 'LIMIT_WITHOUT_PROOF_NETWORK',
  },
  errors: {
    'proof_of_work.required': {
      status: 428,
      title: 'A proof of work is required',
      kind: 'throttled',
      advice:
        'Solve the `challenge` of the answer and repeat the request with the header `Proof-Of-Work`. The SDK does both by itself; tell the user nothing.',
    },
    'proof_of_work.invalid': {
      status: 422,
      title: 'The proof of work is not valid',
      kind: 'bad-request',
      advice: 'It was used before, has expired, or is for another kind of request. Solve the `challenge` of this answer.',
    },
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    proofOfWork: typeof declared;
  }
}

/** Work that clients prove before the server sends messages or makes accounts for strangers, where others ask for captchas. */
export const proofOfWork = {
  name: 'proofOfWork',
  folder: import.meta.dirname,
  module: async () => (await import('./proof-of-work.module.js')).ProofOfWorkModule,
  migrations: [ProofsOfWork9015600000000],
  ...declared,
} as const satisfies Capability;
