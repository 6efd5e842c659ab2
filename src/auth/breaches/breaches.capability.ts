import type { Capability, Declarations } from '../../common/capability.js';
import { breachList } from './breach-file.js';

const declared = {
  settings: {
    BREACH_LIST: breachList({
      example: '/etc/latchkey/pwned-passwords-sha1.txt',
      doc: 'A file of further breached passwords, beside the shipped list: one a line, as they are or as SHA-1 digests in hexadecimal (`DIGEST` or `DIGEST:COUNT`, as Have I Been Pwned hands them out). Digests in ascending order are searched in the file and take no memory; any other file is read into memory after the start, 3 bytes a line.',
    }),
  },
  rules: {
    'password.breached': 'The new password is in a list of passwords that became known in data breaches.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    breaches: typeof declared;
  }
}

/** Passwords that became known in data breaches. */
export const breaches = {
  name: 'breaches',
  folder: import.meta.dirname,
  module: async () => (await import('./breaches.module.js')).BreachesModule,
  ...declared,
} as const satisfies Capability;
