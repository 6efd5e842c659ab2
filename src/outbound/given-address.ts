import type { SettingValues } from '../common/declared.js';
import { OutboundError } from './outbound-error.js';
import { demandAllowed } from './guarded-request.js';

/** Length limit of an address that somebody gives the server, characters. */
export const MAX_URL_CHARS = 2_000;

/** What a URL cannot contain and its parser deletes, or takes for a slash: what is stored and shown is to be what is called. */
const DELETED = /[\s\p{Cc}\\]/u;

/**
 * Whether the server may call an address that somebody gave it: a URL that `demandAllowed` allows, without a fragment. Names are looked up
 * when it is called.
 */
export function isGivenAddress(
  url: unknown,
  { OUTBOUND_ALLOW_PRIVATE: allowsPrivate }: Pick<SettingValues, 'OUTBOUND_ALLOW_PRIVATE'>,
): boolean {
  if (typeof url !== 'string' || url.length > MAX_URL_CHARS || DELETED.test(url) || !URL.canParse(url)) return false;
  const parsed = new URL(url);
  try {
    demandAllowed(parsed, { allowsPrivate });
  } catch (error) {
    if (error instanceof OutboundError) return false;
    throw error;
  }
  return parsed.hash === '';
}
