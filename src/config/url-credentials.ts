/** The rule for user and password in a URL (RFC 3986 §3.2.1), for people who write a setting. */
const RULE = 'a URL whose user and password are percent-encoded: write @ as %40, # as %23, / as %2F, ? as %3F and % as %25';

/**
 * Refuses a URL in which a user or password contains a character that means something else there: parsers would connect to another host.
 * @throws Error whose message completes "NAME must be …"; it repeats no part of the URL
 */
export function demandEncodedCredentials(url: string): void {
  const [, rest = ''] = /^[a-z][a-z\d+.-]*:\/\/([^]*)$/i.exec(url.trim()) ?? [];
  // Parsers end the host at the first of these, and the user and password at the last @ before it.
  const [authority = ''] = rest.split(/[/?#]/, 1);
  const credentials = authority.split('@').slice(0, -1);
  const isCut = rest.slice(authority.length).includes('@') || rest.includes('#');
  if (isCut || credentials.length > 1 || credentials.some((part) => /%(?![\da-f]{2})/i.test(part))) throw new Error(RULE);
}
