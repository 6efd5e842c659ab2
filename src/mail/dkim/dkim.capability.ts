import type { Capability, Declarations } from '../../common/capability.js';
import { dkimDomain, dkimKey, dkimSelector, isAligned } from './dkim-settings.js';

const declared = {
  settings: {
    DKIM_KEY: dkimKey({
      check: (_, { DKIM_SELECTOR: selector }) => (selector === undefined ? ['DKIM_KEY needs DKIM_SELECTOR'] : []),
      doc: 'Private RSA key in PEM, 2048 bits or more, with which the server signs every mail (DKIM). Leave it empty if your mail provider signs. `latchkey config dkim` prints the DNS record (docs/mail.md).',
    }),
    DKIM_SELECTOR: dkimSelector({
      check: (_, { DKIM_KEY: key }) => (key === undefined ? ['DKIM_SELECTOR needs DKIM_KEY'] : []),
      example: 'latchkey1',
      doc: 'Name of that key: its public half is the TXT record `DKIM_SELECTOR._domainkey.DKIM_DOMAIN`. A new key takes a new name.',
    }),
    DKIM_DOMAIN: dkimDomain({
      harm: (value, { MAIL_FROM: from }) =>
        isAligned(String(value), String(from))
          ? []
          : [
              {
                finding: `mails are signed for ${value}, which is not the domain of MAIL_FROM: DMARC does not count that`,
                advice: 'let DKIM_DOMAIN be the domain of MAIL_FROM, or one above it',
              },
            ],
      example: 'example.com',
      doc: 'Domain that signs. Default: the domain of `MAIL_FROM`.',
    }),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    dkim: typeof declared;
  }
}

/** The signature of mails (DKIM, RFC 6376). */
export const dkim = {
  name: 'dkim',
  folder: import.meta.dirname,
  ...declared,
} as const satisfies Capability;
