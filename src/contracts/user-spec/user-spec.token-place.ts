import type { TokenPlace } from '../../common/access.js';

/** All three kinds of tokens travel in this one header; the document shows them without `Bearer`. */
export const TOKEN_PLACE: TokenPlace = { header: 'authorization', bare: true };
