import { dirname } from 'node:path';
import { type Capability, type Declarations, page } from '../common/capability.js';
import type { WalkStep } from './start-page-walk.js';

interface StartView {
  title: string;
  production: boolean;
  /** Null in production. */
  version: string | null;
  /** URL of the core's API; null if the page must not show it. */
  api: string | null;
  /** Paths; null if the server does not serve them. */
  docs: string | null;
  openapi: string | null;
  /** Commands that install the client libraries. */
  packages: readonly string[];
  mailbox: string | null;
  health: string;
  contracts: { slug: string; url: string; docs: string | null }[];
  walk: WalkStep[];
}

interface FailureView {
  title: string;
  /** Sentences for people, one paragraph each. */
  advice: readonly string[];
  /** Id of the failure in the log; null if the log has nothing about it. */
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
  // The templates are in this folder, which is itself called `pages`.
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
