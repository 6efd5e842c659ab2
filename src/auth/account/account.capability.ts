import { type Capability, type Declarations, page } from '../../common/capability.js';
import { internalEvent, publicEvent } from '../../common/event-row.js';
import { rate } from '../../config/setting.js';
import type { FieldMessage } from '../../look/field-message.js';
import type { ReturnLink } from '../../auth/challenges/return-link.js';

interface DeleteAccountView {
  address: string;
  username: string | null;
  /** Whether the account's second factor is asked for, too. */
  needsFactor: boolean;
  factorProblem: string | null;
  /** All problems, for the summary. */
  problems: FieldMessage[];
  /** Action URL of the form. */
  action: string;
  token: string;
}

interface AccountDeletedView {
  address: string;
  returnLink: ReturnLink | null;
}

const declared = {
  settings: {
    LIMIT_EXPORT: rate({ default: { points: 10, seconds: 3_600 }, doc: 'Exports of one account.' }),
  },
  limits: { export: 'LIMIT_EXPORT' },
  events: {
    'account.deletion_requested': internalEvent(
      'A user requested the mail with the link that deletes the account.',
      'Only a message was asked for: nothing has changed.',
    ),
    'account.deleted': publicEvent('An account was deleted permanently.'),
    'account.exported': internalEvent('A user exported the data of their account.', 'Nothing has changed: the owner read their own data.'),
  },
  purposes: {
    'delete-account': { page: '/account/delete-account', mail: 'delete-account', ttlSeconds: 60 * 60, event: 'account.deleted' },
  },
  mails: {
    'delete-account': {
      carriesSecrets: true,
      notMe: { without: 'Nothing happens unless its reader presses the button behind the link.' },
    },
  },
  pages: {
    'delete-account': page<DeleteAccountView>(),
    'account-deleted': page<AccountDeletedView>(),
  },
  sessionEnds: {
    deleted: 'The account was deleted.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    account: typeof declared;
  }
}

/** Export and deletion of an account. */
export const account = {
  name: 'account',
  folder: import.meta.dirname,
  module: async () => (await import('./account.module.js')).AccountModule,
  ...declared,
} as const satisfies Capability;
