/** A link on a page that says what was done: back to the app that asked for the mail. */
export interface ReturnLink {
  href: string;
  /** What the link says: people know their app by its host. */
  host: string;
}

/** The link for an address out of `RETURN_URLS`; null for none. */
export function toReturnLink(url: string | null): ReturnLink | null {
  return url === null ? null : { href: url, host: new URL(url).host };
}
