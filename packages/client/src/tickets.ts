/** Keeps the ticket of a registration until its code is typed: it shows the server that the same person registered. Nothing rejects. */
export interface Tickets {
  keep(address: string, ticket: string): void | Promise<void>;
  /** The ticket of the registration with this address; without one, of the last registration. */
  find(address: string | undefined): string | undefined | Promise<string | undefined>;
  forget(): void | Promise<void>;
}

/** Whose registration a ticket is of. */
interface Kept {
  address: string;
  ticket: string;
}

/** In `sessionStorage` where there is one, so that the ticket outlives a reload of the page; otherwise in memory. */
export class TicketKeeper implements Tickets {
  private kept: Kept | null = null;
  private readonly key: string;

  constructor(url: string) {
    this.key = `latchkey ticket ${url}`;
  }

  keep(address: string, ticket: string): void {
    this.kept = { address: keyOf(address), ticket };
    attempt((storage) => storage.setItem(this.key, JSON.stringify(this.kept)));
  }

  find(address: string | undefined): string | undefined {
    const kept = this.kept ?? attempt((storage) => JSON.parse(storage.getItem(this.key) ?? 'null') as Kept | null) ?? null;
    return kept !== null && (address === undefined || kept.address === keyOf(address)) ? kept.ticket : undefined;
  }

  forget(): void {
    this.kept = null;
    attempt((storage) => storage.removeItem(this.key));
  }
}

export function keyOf(address: string): string {
  return address.trim().toLowerCase();
}

/** A storage that is missing, forbidden, full or holds something else counts as empty. */
function attempt<T>(work: (storage: Storage) => T): T | undefined {
  try {
    return typeof sessionStorage === 'undefined' ? undefined : work(sessionStorage);
  } catch {
    return undefined;
  }
}
