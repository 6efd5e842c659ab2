import { type Capability, type Declarations, page } from '../../common/capability.js';
import { internalEvent, publicEvent } from '../../common/event-row.js';
import type { ReturnLink } from '../../auth/challenges/return-link.js';
import type { FieldMessage } from '../../look/field-message.js';

interface ConfirmEmailView {
  address: string;
  /** Whether the reader can take over the account with a new password. */
  canTakeOver: boolean;
  /** Action URL of the form. */
  action: string;
  token: string;
  minPasswordLength: number;
  /** All problems, for the summary. */
  problems: FieldMessage[];
  passwordProblem: string | null;
  newPasswordProblem: string | null;
}

interface EmailConfirmedView {
  address: string | null;
  /** Whether the reader chose a new password, which ended all sessions. */
  tookOver: boolean;
  returnLink: ReturnLink | null;
}

interface ConfirmNewEmailView {
  address: string;
  /** Action URL of the form. */
  action: string;
  token: string;
  /** All problems, for the summary. */
  problems: FieldMessage[];
  passwordProblem: string | null;
}

interface NewEmailConfirmedView {
  address: string | null;
  returnLink: ReturnLink | null;
}

interface UndoEmailChangeView {
  address: string;
  /** Action URL of the form. */
  action: string;
  token: string;
  minPasswordLength: number;
  /** All problems, for the summary. */
  problems: FieldMessage[];
  newPasswordProblem: string | null;
}

interface EmailChangeUndoneView {
  address: string;
  /** Whether the reader chose a new password; otherwise the server mails a reset link. */
  passwordSet: boolean;
}

const declared = {
  rules: {
    'email.unchanged': 'The account has this e-mail address already.',
    'mobile.unreachable': 'No text message can be sent to the number.',
  },
  errors: {
    'user.mobile_unreachable': {
      status: 409,
      title: 'The account has no mobile number that can be texted',
      kind: 'conflict',
      advice: 'Ask for a number in the international form, `+12125551000`.',
    },
  },
  events: {
    'email.verified': publicEvent('A user proved an e-mail address.', {
      facts: { provider: { type: 'text', doc: 'Slug of the provider that vouched for it.', example: 'google', optional: true } },
    }),
    'email.verification_requested': internalEvent(
      'Somebody requested the confirmation mail again.',
      'Only a message was asked for: nothing has changed.',
    ),
    'email.change_requested': internalEvent(
      'A user requested another e-mail address, which has to be proven first.',
      'Only a message was asked for: nothing has changed.',
    ),
    'email.changed': publicEvent('The e-mail address of an account was changed.', {
      facts: { proven: { type: 'flag', doc: 'Whether the owner has proven the new address.', example: true } },
    }),
    'email.change_undone': publicEvent('The owner of the former address undid a change of address.'),
    'mobile.changed': publicEvent('The mobile number of an account was changed.'),
    'mobile.removed': publicEvent('The mobile number of an account was removed.'),
    'mobile.verification_requested': internalEvent(
      'A user requested a code for a mobile number.',
      'Only a message was asked for: nothing has changed.',
    ),
    'mobile.verified': publicEvent('A user proved a mobile number.'),
  },
  purposes: {
    'confirm-email': {
      page: '/account/confirm-email',
      mail: 'confirm-email',
      ttlSeconds: 30 * 60,
      // Strangers can ask for it and try it, and so use up the tries that shorter codes have in a day.
      codeDigits: 8,
      event: 'email.verified',
      provesRegistered: true,
    },
    'confirm-new-email': { page: '/account/confirm-new-email', mail: 'confirm-new-email', ttlSeconds: 30 * 60, event: 'email.changed' },
    'undo-email-change': {
      page: '/account/undo-email-change',
      mail: 'email-changed',
      // So long nobody else can take the former address, either.
      ttlSeconds: 7 * 86_400,
      event: 'email.change_undone',
      outlivesClosing: true,
    },
    'confirm-mobile': {
      page: null,
      mail: null,
      ttlSeconds: 15 * 60,
      codeDigits: 8,
      event: 'mobile.verified',
      provesRegistered: true,
    },
  },
  mails: {
    'confirm-email': {
      carriesSecrets: true,
      notMe: {
        without:
          'The account is nobody’s before the address is confirmed; its page takes the account over from a stranger who registered it.',
      },
    },
    'confirm-new-email': {
      carriesSecrets: true,
      notMe: { without: 'Its reader need not be the owner of the account; the former address is told when the change takes effect.' },
    },
    'email-changed': {
      carriesSecrets: true,
      notMe: 'undo-email-change',
    },
    'unproven-email-changed': {
      carriesSecrets: false,
      notMe: { without: 'Nobody has proven that its reader is the owner of the account.' },
    },
    'mobile-changed': {
      carriesSecrets: 'to-owners',
      notMe: 'disavow',
    },
    'email-already-registered': {
      carriesSecrets: false,
      notMe: { without: 'Nothing happened to the account: somebody only typed its address.' },
    },
  },
  pages: {
    'confirm-email': page<ConfirmEmailView>(),
    'email-confirmed': page<EmailConfirmedView>(),
    'confirm-new-email': page<ConfirmNewEmailView>(),
    'new-email-confirmed': page<NewEmailConfirmedView>(),
    'undo-email-change': page<UndoEmailChangeView>(),
    'email-change-undone': page<EmailChangeUndoneView>(),
  },
  sessionEnds: {
    'email-change-undone': 'The owner of the former address undid a change of address.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    contacts: typeof declared;
  }
}

/** Contacts of an account: verifying and changing its e-mail address and mobile number. */
export const contacts = {
  name: 'contacts',
  folder: import.meta.dirname,
  module: async () => (await import('./contacts.module.js')).ContactsModule,
  ...declared,
} as const satisfies Capability;
