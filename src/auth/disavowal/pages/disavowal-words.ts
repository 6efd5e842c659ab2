import type { TextName } from '../../../common/declared.js';
import type { Undoing } from '../../challenges/noticed-act.js';
import type { Disavowal } from '../disavowal.service.js';

type Of = Undoing['of'];

/** What the button takes back. */
export const TAKES_BACK: Readonly<Record<Of, TextName>> = {
  authenticator: 'page.disavow.undo-authenticator',
  identity: 'page.disavow.undo-identity',
  'recovery-codes': 'page.disavow.undo-recovery-codes',
  mobile: 'page.disavow.undo-mobile',
};

const TAKEN_BACK: Readonly<Record<Of, TextName>> = {
  authenticator: 'page.disavowed.authenticator',
  identity: 'page.disavowed.identity',
  'recovery-codes': 'page.disavowed.recovery-codes',
  mobile: 'page.disavowed.mobile',
};

/** What became of the act, for the page; null where there was nothing to take back. */
export function undoneText({ act, undone, dueAt }: Pick<Disavowal, 'act' | 'undone' | 'dueAt'>): TextName | null {
  if (act.undo === null) return null;
  switch (undone) {
    case 'undone':
      return TAKEN_BACK[act.undo.of];
    case 'later':
      return dueAt === null ? 'page.disavowed.only-factor' : 'page.disavowed.only-factor-until';
    case 'gone':
    case 'nothing':
      return 'page.disavowed.nothing-left';
  }
}
