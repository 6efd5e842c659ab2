import type { TokenPlace } from '../../common/access.js';

/** A header of its own; the document's frontends send the token alone. */
export const ACCESS_TOKEN: TokenPlace = { header: 'access_token', bare: true };
