import type { Capability, Declarations } from '../../common/capability.js';
import { publicEvent } from '../../common/event-row.js';
import { Providers9015200000000 } from './migrations/15200-providers.js';
import { ProvidersFromSettings9015410000000 } from './migrations/15410-providers-from-settings.js';
import { providersSetting } from './provider-setting.js';

const declared = {
  settings: {
    PROVIDERS: providersSetting({
      doc: 'Identity providers by which people sign in, as a JSON array on one line; each has the fields of `POST /v1/providers`, and as its `slug` the name of its `preset` unless it names one. They win over those that administrators made with the same slug, and nobody can change them over the API. All servers need the same; one that is no longer named is disabled.',
      example: '[{"preset":"google","clientId":"ID","clientSecret":"SECRET","signUps":true}]',
    }),
  },
  rules: {
    'provider.address_refused': 'It is no https:// address of a public host.',
    'provider.apple_id': 'It is no team or key id of Apple.',
    'provider.acr_map': 'It does not map names of assurance to 1 or 2.',
    'provider.wrong_kind': 'It does not go with the kind of the provider.',
    'provider.shared_tenant': 'An issuer of Microsoft has to name one tenant.',
  },
  errors: {
    'provider.not_found': {
      status: 404,
      title: 'No such provider',
      kind: 'not-found',
      advice: 'It may have been deleted or disabled: reload the list.',
    },
    'provider.slug_taken': { status: 409, title: 'The slug is taken', kind: 'taken', advice: 'Choose another slug.' },
    'provider.in_use': {
      status: 409,
      title: 'Accounts sign in by this provider',
      kind: 'conflict',
      advice: 'Disable it instead: deleting it would take away ways in.',
    },
    'provider.from_settings': {
      status: 409,
      title: 'A setting sets the provider up',
      kind: 'conflict',
      advice: 'Change the setting `PROVIDERS` and restart the server. A provider that it no longer names is disabled, and can be changed.',
    },
    'provider.unavailable': {
      status: 502,
      title: 'The provider does not answer',
      kind: 'unavailable',
      advice: 'Offer another way to sign in, and to try again. The log of the server tells administrators why.',
    },
    'provider.denied': {
      status: 403,
      title: 'The provider signed nobody in',
      kind: 'forbidden',
      advice: 'The user went back, or the provider refused. Offer to try again, or another way.',
    },
    'provider.not_reauthenticated': {
      status: 403,
      title: 'The provider asked for no fresh proof',
      kind: 'forbidden',
      advice: 'Step up another way: `factors` of the sign-in names those that work. Where there is none, sign out and in again.',
    },
    'provider.answer_invalid': {
      status: 502,
      title: 'The answer of the provider is not valid',
      kind: 'unavailable',
      advice: 'Begin a new sign-in. If it happens again, the provider is set up wrong here or there: the log of the server tells why.',
    },
  },
  events: {
    'provider.created': publicEvent('An identity provider was set up.', {
      subject: 'providerId',
      facts: {
        slug: { type: 'text', doc: 'Its slug.', example: 'google' },
        by: { type: 'text', doc: '`settings` if the setting `PROVIDERS` did it.', example: 'settings', optional: true },
      },
    }),
    'provider.updated': publicEvent('An identity provider was changed.', {
      subject: 'providerId',
      facts: {
        slug: { type: 'text', doc: 'Its slug.', example: 'google' },
        by: { type: 'text', doc: '`settings` if the setting `PROVIDERS` did it.', example: 'settings', optional: true },
        fields: { type: 'words', doc: 'The fields that changed.', example: ['signUps'], optional: true },
      },
    }),
    'provider.deleted': publicEvent('An identity provider was deleted.', {
      subject: 'providerId',
      facts: { slug: { type: 'text', doc: 'Its slug.', example: 'google' } },
    }),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    providers: typeof declared;
  }
}

/** Identity providers: how they are set up, and how the server speaks to them. */
export const providers = {
  name: 'providers',
  folder: import.meta.dirname,
  module: async () => (await import('./providers.module.js')).ProvidersModule,
  tags: [{ name: 'Providers', description: 'Identity providers, such as Google, by which people sign in.', position: 1.6 }],
  migrations: [Providers9015200000000, ProvidersFromSettings9015410000000],
  ...declared,
} as const satisfies Capability;
