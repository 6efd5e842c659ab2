import type { Capability, Declarations } from '../../common/capability.js';
import type { Settings } from '../../config/settings.js';

const declared = {} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    mailPreview: typeof declared;
  }
}

/** Mails and text messages with invented values: on a page in development, and for texts that an administrator tries. */
export const mailPreview = {
  name: 'mailPreview',
  folder: import.meta.dirname,
  module: async (settings: Settings) => (await import('./preview.module.js')).PreviewModule.register(settings),
  ...declared,
} as const satisfies Capability;
