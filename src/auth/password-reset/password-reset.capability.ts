import { type Capability, type Declarations, page } from '../../common/capability.js';
import { internalEvent, publicEvent } from '../../common/event-row.js';
import type { ReturnLink } from '../challenges/return-link.js';
import type { FieldMessage } from '../../look/field-message.js';

interface ResetPasswordView {
  address: string;
  /** Action URL of the form. */
  action: string;
  token: string;
  minPasswordLength: number;
  /** All problems, for the summary. */
  problems: FieldMessage[];
  newPasswordProblem: string | null;
  /** Whether the account's second factor is asked for, too. */
  needsFactor: boolean;
  factorProblem: string | null;
  /** Action URL of the form for those who have lost it; null where waiting does not help. */
  waitAction: string | null;
  /** How long they wait: `24 hours`. */
  wait: string;
}

interface PasswordResetView {
  returnLink: ReturnLink | null;
}

const declared = {
  events: {
    'password.reset_requested': internalEvent(
      'Somebody requested a mail or text message to choose a new password.',
      'Only a message was asked for: nothing has changed.',
    ),
    'password.reset': publicEvent('A user set a new password through a code or link.'),
  },
  purposes: {
    'reset-password': {
      page: '/account/reset-password',
      mail: 'reset-password',
      ttlSeconds: 30 * 60,
      codeDigits: 8,
      event: 'password.reset',
      provesRegistered: true,
    },
    'reset-password-by-text': { page: null, mail: null, ttlSeconds: 15 * 60, codeDigits: 8, event: 'password.reset' },
  },
  mails: {
    'reset-password': {
      carriesSecrets: true,
      notMe: { without: 'Nothing happens unless somebody uses the code or the link.' },
    },
  },
  pages: {
    'reset-password': page<ResetPasswordView>(),
    'password-reset': page<PasswordResetView>(),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    passwordReset: typeof declared;
  }
}

/** Choosing a new password by a mailed or texted code or link. */
export const passwordReset = {
  name: 'passwordReset',
  folder: import.meta.dirname,
  module: async () => (await import('./password-reset.module.js')).PasswordResetModule,
  ...declared,
} as const satisfies Capability;
