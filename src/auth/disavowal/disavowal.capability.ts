import { type Capability, type Declarations, page } from '../../common/capability.js';
import type { TextName } from '../../common/declared.js';
import { publicEvent } from '../../common/event-row.js';
import { rate } from '../../config/setting.js';

interface DisavowView {
  address: string;
  /** The subject of the mail that told of the act. */
  told: string;
  /** Text of what the button takes back; null for nothing. */
  undoing: TextName | null;
  /** Whether the password stops working. */
  locks: boolean;
  /** Action URL of the form. */
  action: string;
  token: string;
}

interface DisavowedView {
  address: string;
  /** Text of what became of the act; null where the mail told of none that can be taken back. */
  undone: TextName | null;
  /** From when on a reset works without the only second factor; null for no such time. */
  moment: string | null;
  /** Whether the server has mailed a link to choose a new password. */
  resetMailed: boolean;
  /** Whether the account has another address now, to which a reset would go. */
  isElsewhere: boolean;
}

const declared = {
  settings: {
    LIMIT_DISAVOWALS: rate({
      default: { points: 20, seconds: 86_400 },
      doc: 'How often the owner of one account says "This wasn’t me" by the links in notices.',
    }),
  },
  limits: { disavowal: 'LIMIT_DISAVOWALS' },
  events: {
    'notice.disavowed': publicEvent('The owner of an account said, by the link in a mail, that the act it told of was not theirs.', {
      facts: {
        notice: { type: 'text', doc: 'Kind of the mail.', example: 'authenticator-added' },
        undone: { type: 'text', doc: 'What became of the act: `undone`, `gone`, `later` or `nothing`.', example: 'undone' },
      },
    }),
  },
  purposes: {
    disavow: {
      page: '/account/disavow',
      // Each notice has its own.
      mail: null,
      // As long as a change of address can be undone.
      ttlSeconds: 7 * 86_400,
      event: 'notice.disavowed',
      outlivesClosing: true,
      onePerAct: true,
    },
  },
  pages: {
    disavow: page<DisavowView>(),
    disavowed: page<DisavowedView>(),
    'disavowed-before': page(),
  },
  sessionEnds: {
    disavowed: 'The owner of the account said, by the link in a mail, that what it told of was not theirs.',
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    disavowal: typeof declared;
  }
}

/** "This wasn't me", in every mail that tells an owner of a change to the ways into the account. */
export const disavowal = {
  name: 'disavowal',
  folder: import.meta.dirname,
  module: async () => (await import('./disavowal.module.js')).DisavowalModule,
  ...declared,
} as const satisfies Capability;
