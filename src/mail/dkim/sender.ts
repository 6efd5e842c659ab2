import { toAsciiDomain } from '../../common/domains.js';

/** The address in a From header that the setting `MAIL_FROM` has checked: `a@shop.example` of `Shop <a@shop.example>`. */
export function senderAddress(from: string): string {
  return /<([^<>]*)>$/.exec(from)?.[1] ?? from;
}

/** The domain of that address, in ASCII. */
export function senderDomain(from: string): string {
  const address = senderAddress(from);
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return toAsciiDomain(domain) ?? domain.toLowerCase();
}
