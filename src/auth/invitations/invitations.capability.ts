import { type Capability, type Declarations, page } from '../../common/capability.js';
import { publicEvent } from '../../common/event-row.js';
import type { FieldMessage } from '../../look/field-message.js';
import { Invitations9015400000000 } from './migrations/15400-invitations.js';

interface InvitationPageView {
  address: string;
  /** Whether the address is the proven one of an account, which keeps its ways to sign in. */
  hasAccount: boolean;
  /** Action URL of the form. */
  action: string;
  token: string;
  minPasswordLength: number;
  /** Whether mailed codes sign in: only then the page offers an account without a password. */
  mailsCodes: boolean;
  /** All problems, for the summary. */
  problems: FieldMessage[];
  passwordProblem: string | null;
}

interface InvitationAcceptedView {
  address: string;
  /** Whether the reader chose a password; otherwise a mailed code signs in. */
  passwordSet: boolean;
  hadAccount: boolean;
}

const declared = {
  errors: {
    'invitation.not_found': {
      status: 404,
      title: 'No such open invitation',
      kind: 'not-found',
      advice: 'Read the list again: it was accepted, revoked, or has expired and was deleted.',
    },
    'invitation.other_address': {
      status: 403,
      title: 'The invitation is for another address',
      kind: 'forbidden',
      advice: 'Tell the user to sign in with the account of the invited address, or to sign out and to accept without an account.',
    },
    'invitation.account_exists': {
      status: 409,
      title: 'There is an account with the invited address',
      kind: 'conflict',
      advice: 'Accept without a password: the account keeps its own.',
      page: { title: 'page.failure.account-exists', advice: ['page.failure.account-exists-advice'] },
    },
    'invitation.account_disabled': {
      status: 409,
      title: 'The account of the invited address is disabled',
      kind: 'conflict',
      advice: 'Tell the user to ask whoever sent the invitation: an administrator can enable the account, and the link works then.',
      page: { title: 'page.failure.account-disabled', advice: ['page.failure.account-disabled-advice'] },
    },
  },
  events: {
    'invitation.sent': publicEvent('An administrator or the command line invited somebody, or sent an invitation again.', {
      subject: null,
      facts: {
        invitation: { type: 'id', doc: 'The invitation.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44' },
        role: { type: 'text', doc: 'The role that it brings, if any.', example: 'librarian', optional: true },
      },
    }),
    'invitation.revoked': publicEvent('An administrator revoked an invitation.', {
      subject: null,
      facts: { invitation: { type: 'id', doc: 'The invitation.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44' } },
    }),
    'invitation.accepted': publicEvent('Somebody accepted an invitation; or tried to, with a link that is not right.', {
      facts: { invitation: { type: 'id', doc: 'The invitation.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44' } },
    }),
  },
  purposes: {
    // Kept in a table of its own, because it belongs to no account.
    invitation: { page: '/account/invitation', mail: 'invitation', ttlSeconds: 7 * 86_400, event: 'invitation.accepted' },
  },
  mails: {
    invitation: {
      carriesSecrets: true,
      notMe: { without: 'Nothing happens unless its reader accepts.' },
    },
  },
  pages: {
    invitation: page<InvitationPageView>(),
    'invitation-accepted': page<InvitationAcceptedView>(),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    invitations: typeof declared;
  }
}

/** Invitations by administrators: an account for the reader of one address. */
export const invitations = {
  name: 'invitations',
  folder: import.meta.dirname,
  module: async () => (await import('./invitations.module.js')).InvitationsModule,
  tags: [{ name: 'Invitations', description: 'Inviting people, and accepting an invitation.', position: 1.6 }],
  migrations: [Invitations9015400000000],
  untold: { invitations: 'The events of the export tell which invitations the account accepted, sent and revoked.' },
  ...declared,
} as const satisfies Capability;
