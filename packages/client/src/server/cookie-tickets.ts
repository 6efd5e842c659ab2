import { type Tickets, keyOf } from '../tickets.js';
import { type ServerCookies, changeOf } from './cookies.js';

/** For how long the server takes the ticket of a registration, seconds. */
const MAX_AGE_SECONDS = 30 * 60;

/**
 * In a cookie, since the code is typed in another request than the one that registered. Where no cookies can be set there is no ticket, and the
 * server asks for the password with the code.
 */
export class CookieTickets implements Tickets {
  constructor(
    private readonly cookies: ServerCookies,
    private readonly name: string,
    private readonly secure: boolean,
  ) {}

  keep(address: string, ticket: string): Promise<void> {
    return this.set(`${encodeURIComponent(keyOf(address))}~${ticket}`);
  }

  async find(address: string | undefined): Promise<string | undefined> {
    const kept = (await this.cookies.getAll()).find(({ name }) => name === this.name)?.value;
    // Some frameworks decode values.
    const [, owner, ticket] = /^(.*)~([\w.-]+)$/.exec(kept ?? '') ?? [];
    const isTheirs = address === undefined || owner === keyOf(address) || owner === encodeURIComponent(keyOf(address));
    return isTheirs ? ticket : undefined;
  }

  async forget(): Promise<void> {
    if ((await this.find(undefined)) !== undefined) await this.set(null);
  }

  private async set(value: string | null): Promise<void> {
    try {
      await this.cookies.setAll?.([changeOf(this.name, value, this.secure, MAX_AGE_SECONDS)]);
    } catch {
      // The account exists all the same.
    }
  }
}
