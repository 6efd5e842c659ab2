import type { Capability, Declarations } from '../../../common/capability.js';
import { internalEvent } from '../../../common/event-row.js';
import { rate } from '../../../config/setting.js';
import { ProviderRequests9015230000000 } from './migrations/15230-provider-requests.js';

const declared = {
  settings: {
    LIMIT_PROVIDER_CALLBACKS: rate({
      default: { points: 100, seconds: 900 },
      doc: 'Browsers that come back from identity providers, per network.',
    }),
  },
  limits: { 'provider-callback': 'LIMIT_PROVIDER_CALLBACKS' },
  errors: {
    'sign_in.other_browser': {
      status: 403,
      title: 'The sign-in began in another browser',
      kind: 'forbidden',
      advice:
        'Begin a new one in this browser. Send the request for the challenge with `credentials: "include"`, so that the browser keeps its cookie.',
    },
    'provider.sign_ups_closed': {
      status: 403,
      title: 'The provider makes no accounts here',
      kind: 'forbidden',
      advice: 'Tell the user to register, or to sign in another way and to link this provider then.',
    },
    'provider.email_unproven': {
      status: 403,
      title: 'The provider names no proven address',
      kind: 'forbidden',
      advice: 'Tell the user to register here, and to link this provider then.',
    },
    'identity.link_required': {
      status: 409,
      title: 'The identity has to be linked first',
      kind: 'conflict',
      advice:
        'Read the sign-in: with `needs_link` it goes on with a factor of the account. Otherwise tell the user to sign in another way, and to link the provider in the settings.',
    },
  },
  events: {
    'identity.checked': internalEvent(
      'Somebody came back from a provider, and was not signed in by it.',
      'It is only recorded as a failure.',
    ),
  },
} as const satisfies Declarations;

declare module '../../../common/declared.js' {
  interface Declared {
    federation: typeof declared;
  }
}

/** Signing in by identity providers. */
export const federation = {
  name: 'federation',
  folder: import.meta.dirname,
  module: async () => (await import('./federation.module.js')).FederationModule,
  migrations: [ProviderRequests9015230000000],
  ...declared,
} as const satisfies Capability;
