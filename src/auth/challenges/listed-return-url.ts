import type { SettingValues } from '../../common/declared.js';
import { InvalidRequestError } from '../../common/errors.js';

/** @throws InvalidRequestError unless the address is an entry of `RETURN_URLS`, letter for letter */
export function demandListed(url: string, { RETURN_URLS }: Pick<SettingValues, 'RETURN_URLS'>, field = 'returnTo'): void {
  if (RETURN_URLS.includes(url)) return;
  throw InvalidRequestError.field(field, 'returnTo.not_allowed', 'This address is not one of the RETURN_URLS of this server.');
}
