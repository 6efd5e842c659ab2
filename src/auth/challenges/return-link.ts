/** A link on a page that says what was done: back to the app that asked for the mail. */
export interface ReturnLink {
  href: string;
  /** What the link says: people know their app by its host; one on a device has a scheme of its own instead. */
  host: string;
}

/** The link for an address out of `RETURN_URLS`; null for none. */
export function toReturnLink(url: string | null): ReturnLink | null {
  if (url === null) return null;
  const { protocol, host } = new URL(url);
  return { href: url, host: /^https?:$/.test(protocol) ? host : protocol.slice(0, -1) };
}
