import type { SettingValues } from '../common/declared.js';
import { InvalidRequestError } from '../common/errors.js';
import { demandAllowed } from '../outbound/guarded-request.js';

export const MAX_URL_CHARS = 2_000;

/** @throws InvalidRequestError unless the server may call this address; names are looked up when it is called */
export function demandUrl(url: unknown, { OUTBOUND_ALLOW_PRIVATE: allowsPrivate }: Pick<SettingValues, 'OUTBOUND_ALLOW_PRIVATE'>): void {
  try {
    if (typeof url !== 'string' || url.length > MAX_URL_CHARS) throw new Error('no URL');
    const parsed = new URL(url);
    if (parsed.hash !== '') throw new Error('a fragment');
    demandAllowed(parsed, { allowsPrivate });
  } catch {
    const detail =
      'Send an https:// URL of a public host, without user, password and fragment; on a development machine set OUTBOUND_ALLOW_PRIVATE.';
    throw InvalidRequestError.field('url', 'webhook.url_refused', detail);
  }
}
