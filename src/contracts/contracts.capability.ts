import type { Capability, Declarations } from '../common/capability.js';
import { internalEvent, publicEvent } from '../common/event-row.js';
import { bool, someOf } from '../config/setting.js';
import { contractLinks } from './shared/contract-links-setting.js';
import { CONTRACT_SLUGS, MAILED_TOKENS } from './shared/contract-slugs.js';

const declared = {
  settings: {
    CONTRACTS: someOf(CONTRACT_SLUGS, {
      default: CONTRACT_SLUGS,
      production: [],
      example: 'sadhelx,user-spec',
      doc: `Wire contracts that the server serves below \`/contracts\`: a comma-separated list of ${CONTRACT_SLUGS.map((slug) => `\`${slug}\``).join(', ')}, or \`all\`, or \`none\`.`,
    }),
    CONTRACTS_OPEN: bool({
      default: true,
      production: false,
      doc: 'Whether anyone may call the operations that the documents of some contracts leave open, such as lists of all users. With `false` only administrators read lists, only its owner and administrators read an account, and anyone signed in reads books.',
    }),
    CONTRACT_LINKS: contractLinks({
      example: 'user-spec=https://app.example.com/reset?token=',
      doc: `Pages of your frontends to which the links in mails of contracts lead, instead of this server's own page: comma-separated, each the contract, \`=\`, and a URL to which the token is appended (\`https://…\`, or \`http://…\` on the same machine). For contracts whose document has a token that comes by mail: ${Object.keys(
        MAILED_TOKENS,
      )
        .map((slug) => `\`${slug}\``)
        .join(', ')}. Needs no entry in \`RETURN_URLS\`.`,
    }),
  },
  rules: {
    isSameAs: 'In contracts: it has to repeat another field.',
    isOwn: 'In contracts: it has to be what the account of the caller has.',
    'file.expected': 'In contracts: it has to be a file in a multipart body.',
    'code.missing': 'In contracts: the code that was texted has to be sent.',
  },
  events: {
    'account.activation_requested': internalEvent(
      'A code that activates an account was texted to its number.',
      'Only a message was asked for: nothing has changed.',
    ),
    'account.activated': publicEvent('An account was activated.'),
  },
  purposes: {
    'activate-account': { page: null, mail: null, ttlSeconds: 15 * 60, codeDigits: 8, event: 'account.activated' },
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    contracts: typeof declared;
  }
}

/** The APIs of other backends over the same core. Their operations are in documents of their own; see `openapi/`. */
export const contracts = {
  name: 'contracts',
  folder: import.meta.dirname,
  tags: [
    { name: 'Contracts', description: 'What wire contracts add to the root of the server; absent while none is served.', position: 9 },
  ],
  ...declared,
} as const satisfies Capability;
