import { momentInWords } from '../../../mail/moment.js';
import type { Undoing } from '../../challenges/noticed-act.js';
import type { Disavowal } from '../disavowal.service.js';

type Of = Undoing['of'];

/** What the button takes back. */
export const TAKES_BACK: Readonly<Record<Of, string>> = {
  authenticator: 'What was added is removed, and nobody signs in with it any more.',
  identity: 'The account that was linked is unlinked, and does not sign in here any more.',
  'recovery-codes': 'The new recovery codes stop working.',
  mobile: 'The account gets its former mobile number back. Confirm it again before you use it.',
};

const TAKEN_BACK: Readonly<Record<Of, string>> = {
  authenticator: 'What was added is removed, and nobody signs in with it any more.',
  identity: 'The account that was linked is unlinked, and does not sign in here any more.',
  'recovery-codes': 'The new recovery codes do not work any more. Make others when you are signed in.',
  mobile: 'The number that was set is removed. If nobody else has the former one by now, it is back; confirm it again before you use it.',
};

/** What became of the act, for the page; null where there was nothing to take back. */
export function undoneInWords({ act, undone, dueAt }: Pick<Disavowal, 'act' | 'undone' | 'dueAt'>): string | null {
  if (act.undo === null) return null;
  switch (undone) {
    case 'undone':
      return TAKEN_BACK[act.undo.of];
    case 'later':
      return dueAt === null
        ? 'What was added is the only second factor of the account, so that a mailbox alone does not remove it. Ask the people who run this service to remove it.'
        : `What was added is the only second factor of the account, so that a mailbox alone does not remove it at once. From ${momentInWords(dueAt)} on you can choose a new password without it: we mail you a link then.`;
    case 'gone':
    case 'nothing':
      return 'What the mail told of was changed again since, so nothing was left to take back.';
  }
}
