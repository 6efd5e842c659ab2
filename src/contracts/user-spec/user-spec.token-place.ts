import type { TokenPlace } from '../../common/access.js';

/** This header carries all three kinds of tokens; the document shows them without `Bearer`. */
export const TOKEN_PLACE: TokenPlace = { header: 'authorization', bare: true };
