import type { Capability, Declarations } from '../common/capability.js';
import type { Settings } from '../config/settings.js';

const declared = {
  errors: {
    'sdk.not_built': {
      status: 404,
      title: 'This server was started without its packages',
      kind: 'not-found',
      advice: 'On the server, run `npm run build`; `npm start` and the container image do so.',
    },
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    sdk: typeof declared;
  }
}

/** The server's own client libraries, for apps and other backends to install. */
export const sdk = {
  name: 'sdk',
  folder: import.meta.dirname,
  module: async (settings: Settings) => (await import('./sdk.module.js')).SdkModule.register(settings),
  tags: [{ name: 'Packages', description: 'The client libraries of this server, of its own version, for npm.', position: 8 }],
  ...declared,
} as const satisfies Capability;
