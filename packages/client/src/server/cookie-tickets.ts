import type { CookiePlace } from './cookie-place.js';
import { type Tickets, keyOf } from '../tickets.js';

/**
 * In a cookie, since the code is typed in another request than the one that registered. Where no cookies can be set there is no ticket, and the
 * server asks for the password with the code.
 */
export class CookieTickets implements Tickets {
  constructor(private readonly place: CookiePlace) {}

  keep(address: string, ticket: string): Promise<void> {
    return this.place.set(`${encodeURIComponent(keyOf(address))}~${ticket}`);
  }

  async find(address: string | undefined): Promise<string | undefined> {
    // Some frameworks decode values.
    const [, owner, ticket] = /^(.*)~([\w.-]+)$/.exec((await this.place.get()) ?? '') ?? [];
    const isTheirs = address === undefined || owner === keyOf(address) || owner === encodeURIComponent(keyOf(address));
    return isTheirs ? ticket : undefined;
  }

  forget(): Promise<void> {
    return this.place.remove();
  }
}
