import type { TokenPlace } from '../../common/access.js';

/** A separate header; the document's frontends send the bare token. */
export const ACCESS_TOKEN: TokenPlace = { header: 'access_token', bare: true };
