import type { Caller } from '../../common/caller.js';
import type { MailDevice } from '../../mail/writing/device.js';
import { readUserAgent } from '../../tokens/sessions/user-agent.js';

/** Where a request came from, as a mail tells the owner of the account. */
export interface AskedFrom {
  /** Browser and system; null when the caller named none. */
  device: MailDevice | null;
  ip: string | null;
}

/** Where the caller's request came from. */
export function askedFrom({ userAgent, ip }: Caller): AskedFrom {
  return { device: userAgent === null ? null : readUserAgent(userAgent), ip };
}
