import { InvalidRequestError } from '../../common/errors.js';
import { withPlainDigits, readLine } from '../../common/text.js';
import { readIdentifier } from '../identifiers.js';
import { type AccountFilter, SEARCHES, type Search } from './directory.js';

/** The search of a filter. @throws InvalidRequestError if there are several */
export function searchOf(filter: Pick<AccountFilter, Search>): Search | undefined {
  const [by, another] = SEARCHES.filter((name) => filter[name] !== undefined);
  if (another === undefined) return by;
  const detail = `Search by one of ${SEARCHES.join(', ')}, not by several.`;
  throw new InvalidRequestError([{ pointer: `?${another}`, rule: 'search.ambiguous', detail }]);
}

/**
 * The search text in the form of the column.
 * @param region ISO 3166-1 alpha-2 country of mobile numbers without `+`
 * @throws InvalidRequestError if the text is too short
 */
export function searchText(by: Search, text: string, region: string): string {
  // One line only, because `users.search` has a line per identifier or name.
  const written = readLine(text, Infinity) ?? '';
  const found = by === 'search' ? anywhere(written, region) : beginning(by, written, region);
  // A trigram needs three consecutive letters or digits; without one, every row would be scanned.
  if (by === 'search' ? /[\p{L}\p{N}]{3}/u.test(found) : found !== '') return found;
  const detail = by === 'search' ? 'Search for at least three letters or digits side by side.' : 'Search for at least one character.';
  throw new InvalidRequestError([{ pointer: `?${by}`, rule: 'search.too_short', detail }]);
}

function beginning(by: Exclude<Search, 'search'>, written: string, region: string): string {
  if (by === 'name') return written;
  if (by === 'username') return written.toLowerCase();
  const whole = readIdentifier(written, region);
  if (by === 'email') return whole?.kind === 'email' ? whole.key : written.toLowerCase();
  return whole?.kind === 'mobile' ? whole.key : withPlainDigits(written).replaceAll(/[^\d+]/g, '');
}

/** Whole addresses as they are kept, with the domain in ASCII; what looks like a mobile number without spaces, brackets and hyphens. */
function anywhere(written: string, region: string): string {
  const whole = readIdentifier(written, region);
  if (whole?.kind === 'email') return whole.key;
  const plain = withPlainDigits(written);
  return /^\+?[\d\s()-]+$/.test(plain) ? plain.replaceAll(/[\s()-]/g, '') : written;
}
