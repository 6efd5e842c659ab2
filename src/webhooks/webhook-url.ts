import type { SettingValues } from '../common/declared.js';
import { InvalidRequestError } from '../common/errors.js';
import { isGivenAddress } from '../outbound/given-address.js';

/** @throws InvalidRequestError unless the server may call this address; names are looked up when it is called */
export function demandUrl(url: unknown, rules: Pick<SettingValues, 'OUTBOUND_ALLOW_PRIVATE'>): void {
  if (isGivenAddress(url, rules)) return;
  const detail =
    'Send an https:// URL of a public host, without user, password and fragment; on a development machine set OUTBOUND_ALLOW_PRIVATE.';
  throw InvalidRequestError.field('url', 'webhook.url_refused', detail);
}
