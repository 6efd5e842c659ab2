import type { ChallengePurpose } from '../../common/declared.js';

/**
 * A way back from a change that may be a thief's: it outlives newer codes, a change of the password and of the address, all of which
 * the thief could cause; there is one for each former address.
 */
export const WAY_BACK = 'undo-email-change' satisfies ChallengePurpose;
