import type { Setting } from '../../common/capability.js';
import { toAsciiDomain } from '../../common/domains.js';
import { list } from '../../config/setting.js';

/** Labels with a dot between them, as `toAsciiDomain` returns them. */
const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** What stands before a domain whose subdomains are meant. */
const SUBDOMAINS = '*.';

/** Comma-separated domains of e-mail addresses, kept in ASCII and lower case; `*.example.com` stands for all domains below it, not for itself. */
export function emailDomains(options: Pick<Setting<string[]>, 'doc' | 'default' | 'example'>): Setting<string[]> {
  const items = list({ doc: '' });
  return {
    ...options,
    parse: (value) => items.parse(value).map(read),
    show: (domains) => domains.join(','),
  };
}

/**
 * @param domain of an address in its canonical form
 * @param allowed as the setting keeps them; an empty list allows every domain
 */
export function isAllowedDomain(domain: string, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  return allowed.some((each) => (each.startsWith(SUBDOMAINS) ? domain.endsWith(each.slice(1)) : domain === each));
}

function read(written: string): string {
  const below = written.startsWith(SUBDOMAINS) ? SUBDOMAINS : '';
  const domain = toAsciiDomain(written.slice(below.length));
  if (domain === null || !DOMAIN.test(domain)) {
    throw new Error(`a list of domains such as example.com, or *.example.com for those below it (${written} is none)`);
  }
  return below + domain;
}
