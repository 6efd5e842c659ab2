/** Whose registration a ticket is of. */
interface Kept {
  address: string;
  ticket: string;
}

/**
 * Keeps the ticket of a registration until its code is typed: it shows the server that the same person registered. In `sessionStorage`
 * where there is one, so that it outlives a reload of the page; otherwise in memory.
 */
export class TicketKeeper {
  private kept: Kept | null = null;
  private readonly key: string;

  constructor(url: string) {
    this.key = `latchkey ticket ${url}`;
  }

  keep(address: string, ticket: string): void {
    this.kept = { address: keyOf(address), ticket };
    attempt((storage) => storage.setItem(this.key, JSON.stringify(this.kept)));
  }

  /** The ticket of the registration with this address; without one, of the last registration. */
  find(address: string | undefined): string | undefined {
    const kept = this.kept ?? attempt((storage) => JSON.parse(storage.getItem(this.key) ?? 'null') as Kept | null) ?? null;
    return kept !== null && (address === undefined || kept.address === keyOf(address)) ? kept.ticket : undefined;
  }

  forget(): void {
    this.kept = null;
    attempt((storage) => storage.removeItem(this.key));
  }
}

function keyOf(address: string): string {
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
