import type { LinkPage } from '../../challenges/link-page.js';

/** What the reader can put right about the password of the account. */
export const PASSWORD_MENDS = {
  'auth.bad_credentials': { status: 401, problems: [{ field: 'password', text: 'page.shared.password-wrong' }] },
  'auth.proof_required': { status: 422, problems: [{ field: 'password', text: 'page.shared.password-missing' }] },
} satisfies LinkPage<'confirm-email'>['mends'];
