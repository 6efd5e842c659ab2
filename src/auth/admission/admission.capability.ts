import type { Capability, Declarations } from '../../common/capability.js';
import { oneOf } from '../../config/setting.js';
import { emailDomains } from './allowed-domains.js';

const declared = {
  settings: {
    REGISTRATION: oneOf(['open', 'invited', 'closed'], {
      default: 'open',
      doc: 'Who can make an account: `open` anybody, `invited` whoever has proven an address that was invited (docs/invitations.md), `closed` nobody but by the link of an invitation. It holds for registration, codes by e-mail, identity providers and contracts; not for administrators, the command line, imports, and an old system that is asked about unknown identifiers (`LEGACY_VERIFY_UNKNOWN`).',
    }),
    REGISTRATION_DOMAINS: emailDomains({
      default: [],
      example: 'example.com,*.example.org',
      doc: 'Domains of the e-mail addresses with which people can register, and to which they can change their address; `*.example.org` are all domains below example.org, not itself. Empty: all. With a list, nobody registers without an address.',
    }),
  },
  errors: {
    'registration.closed': {
      status: 403,
      title: 'Registration is closed',
      // The one kind for which every contract says in its own form what the error says.
      kind: 'conflict',
      advice: 'Hide the registration form: `GET /v1/registration` tells whether there is one. Tell the user to ask an administrator.',
    },
    'registration.invitation_required': {
      status: 403,
      title: 'An invitation is required',
      kind: 'conflict',
      advice:
        'Hide the registration form, and tell the user to ask for an invitation. Its link, a mailed code and a trusted provider make the account.',
    },
    'registration.domain_not_allowed': {
      status: 403,
      title: 'E-mail domain not allowed',
      kind: 'conflict',
      advice: 'Show it next to the e-mail address. `GET /v1/registration` names the domains.',
    },
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    admission: typeof declared;
  }
}

/** Who may have an account: the one place where it is decided. */
export const admission = {
  name: 'admission',
  folder: import.meta.dirname,
  module: async () => (await import('./admission.module.js')).AdmissionModule,
  ...declared,
} as const satisfies Capability;
