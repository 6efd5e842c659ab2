import type { Capability, Declarations } from '../../common/capability.js';
import { CodeAskers9013420000000 } from './migrations/13420-code-askers.js';
import { KeptChallenges9013500000000 } from './migrations/13500-kept-challenges.js';
import { ChallengeClients9013520000000 } from './migrations/13520-challenge-clients.js';
import { LastingTallies9014210000000 } from './migrations/14210-lasting-tallies.js';
import { BoundChallenges9015700000000 } from './migrations/15700-bound-challenges.js';
import { OneChallengePerAct9015710000000 } from './migrations/15710-one-challenge-per-act.js';
import { LeftChallengesCheck9015900000000 } from './migrations/15900-left-challenges-check.js';

const declared = {
  errors: {
    'challenge.invalid': {
      status: 400,
      title: 'The code or link is not valid',
      kind: 'code-invalid',
      advice: 'Offer to send a new mail or message.',
      page: {
        title: 'page.failure.link-invalid',
        advice: ['page.failure.link-invalid-advice', 'page.failure.new-link'],
      },
    },
    'challenge.expired': {
      status: 400,
      title: 'The code or link has expired',
      kind: 'code-expired',
      advice: 'Offer to send a new mail or message.',
      page: {
        title: 'page.failure.link-expired',
        advice: ['page.failure.link-expired-advice', 'page.failure.new-link'],
        status: 410,
      },
    },
    'challenge.exhausted': {
      status: 429,
      title: 'Too many wrong codes',
      kind: 'throttled',
      advice: 'The server accepts no more codes for now: the link in the mail still works.',
    },
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    challenges: typeof declared;
  }
}

/** One-time codes and links. */
export const challenges = {
  name: 'challenges',
  folder: import.meta.dirname,
  module: async () => (await import('./challenges.module.js')).ChallengesModule,
  migrations: [
    CodeAskers9013420000000,
    KeptChallenges9013500000000,
    ChallengeClients9013520000000,
    LastingTallies9014210000000,
    BoundChallenges9015700000000,
    OneChallengePerAct9015710000000,
    LeftChallengesCheck9015900000000,
  ],
  exports: { challenges: async () => (await import('./challenges.export.js')).CHALLENGES_EXPORT },
  untold: { challenge_tallies: 'Counts wrong codes; the export has them with each code.' },
  ...declared,
} as const satisfies Capability;
