import type { Capability, Declarations } from '../common/capability.js';
import { integer, oneOf } from '../config/setting.js';
import type { Settings } from '../config/settings.js';

const declared = {
  settings: {
    MAIL_WORKER: oneOf(['on', 'off'], {
      default: 'on',
      doc: '`off`: this node only queues mail, text messages and webhooks; other nodes send them.',
    }),
    MAIL_CONCURRENCY: integer({
      default: 4,
      min: 1,
      max: 50,
      doc: 'How many mails, text messages and other jobs this node works on at the same time. Each takes a connection to the database.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    jobs: typeof declared;
  }
}

/** The durable job queue. */
export const jobs = {
  name: 'jobs',
  folder: import.meta.dirname,
  module: async (settings: Settings) => (await import('./jobs.module.js')).JobsModule.register(settings),
  ...declared,
} as const satisfies Capability;
