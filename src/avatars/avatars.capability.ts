import type { Capability, Declarations } from '../common/capability.js';
import { publicEvent } from '../common/event-row.js';
import { integer, rate } from '../config/setting.js';
import { Avatars8000000000000 } from './migrations/8000-avatars.js';

const declared = {
  rules: {
    'avatar.missing': 'There is no picture.',
    'avatar.unreadable': 'The picture is broken.',
    'avatar.too_many_pixels': 'The picture has too many pixels.',
  },
  settings: {
    AVATAR_MAX_BYTES: integer({ default: 5_242_880, min: 65_536, max: 52_428_800, doc: 'Maximum size of an uploaded picture, in bytes.' }),
    LIMIT_UPLOADS: rate({ default: { points: 30, seconds: 3_600 }, doc: 'Picture uploads for one account.' }),
  },
  limits: { upload: 'LIMIT_UPLOADS' },
  events: {
    'avatar.changed': publicEvent('The picture of an account was changed or removed.'),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    avatars: typeof declared;
  }
}

/** Pictures of accounts. */
export const avatars = {
  name: 'avatars',
  folder: import.meta.dirname,
  module: async () => (await import('./avatars.module.js')).AvatarsModule,
  migrations: [Avatars8000000000000],
  ...declared,
} as const satisfies Capability;
