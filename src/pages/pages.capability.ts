import { dirname } from 'node:path';
import { type Capability, type Declarations, page } from '../common/capability.js';
import type { WalkStep } from './start-page-walk.js';

interface StartView {
  production: boolean;
  /** Null where strangers look. */
  version: string | null;
  /** Where the core's API is; null where nobody is told. */
  api: string | null;
  /** Paths; null for what is not served. */
  docs: string | null;
  openapi: string | null;
  mailbox: string | null;
  health: string;
  contracts: { slug: string; url: string; docs: string | null }[];
  walk: WalkStep[];
}

interface FailureView {
  /** Sentences for people, a paragraph each. */
  advice: readonly string[];
  /** Under which the failure is found in the log; null when there is nothing to look for. */
  reference: string | null;
}

const declared = {
  pages: {
    start: page<StartView>(),
    failure: page<FailureView>(),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    pages: typeof declared;
  }
}

/** The start page, and the page of a failure. */
export const pages = {
  name: 'pages',
  // The templates stand in this very folder, which is called `pages`.
  folder: dirname(import.meta.dirname),
  module: async () => (await import('./pages.module.js')).PagesModule,
  tags: [
    {
      name: 'Pages',
      description: 'Pages behind mailed links: HTML without scripts. Failures are pages, too.',
      position: 6,
    },
  ],
  ...declared,
} as const satisfies Capability;
