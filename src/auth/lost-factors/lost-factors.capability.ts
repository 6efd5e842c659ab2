import { type Capability, type Declarations, page } from '../../common/capability.js';
import { publicEvent } from '../../common/event-row.js';
import type { ReturnLink } from '../../auth/challenges/return-link.js';

interface StopResetView {
  address: string;
  /** Action URL of the form. */
  action: string;
  token: string;
}

interface ResetStoppedView {
  address: string;
}

interface ResetDelayedView {
  address: string;
  /** How long it takes: `24 hours`. */
  wait: string;
  returnLink: ReturnLink | null;
}

const declared = {
  events: {
    'password.delayed_reset_requested': publicEvent(
      'Somebody who proved the mailbox or number asked for a reset of the password without the second factor, which takes effect after a wait.',
      { facts: { dueAt: { type: 'time', doc: 'When it takes effect.', example: '2026-03-04T09:30:00.000Z' } } },
    ),
    'password.delayed_reset_stopped': publicEvent(
      'A reset without the second factor was stopped: by a link, or because a factor was used meanwhile.',
      {
        facts: {
          reason: {
            type: 'text',
            doc: '`link`, `factor-used`, or `disavowed`: its owner said of another act that it was somebody else.',
            example: 'link',
          },
        },
      },
    ),
    'password.delayed_reset_due': publicEvent(
      'The wait for a reset without the second factor is over; a link to choose a new password was mailed.',
    ),
  },
  purposes: {
    'stop-reset': {
      page: '/account/stop-reset',
      mail: 'reset-delayed',
      ttlSeconds: 4 * 86_400,
      event: 'password.delayed_reset_stopped',
    },
  },
  mails: {
    'reset-delayed': {
      about: { moment: '2026-03-04T09:30:00Z' },
      carriesSecrets: true,
      notMe: 'stop-reset',
    },
    'reset-soon': {
      about: { moment: '2026-03-04T09:30:00Z' },
      carriesSecrets: true,
      notMe: 'stop-reset',
    },
    'reset-due': {
      carriesSecrets: true,
      notMe: { without: 'The links of the two mails before it stop the reset still; and the mail about the new password has a link.' },
    },
  },
  pages: {
    'stop-reset': page<StopResetView>(),
    'reset-stopped': page<ResetStoppedView>(),
    'reset-delayed': page<ResetDelayedView>(),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    lostFactors: typeof declared;
  }
}

/** The way in for people who have lost their second factor. */
export const lostFactors = {
  name: 'lost-factors',
  folder: import.meta.dirname,
  module: async () => (await import('./lost-factors.module.js')).LostFactorsModule,
  ...declared,
} as const satisfies Capability;
