import { type ServerCookies, changeOf } from './cookies.js';
import type { SessionStorage } from '../storage.js';

/** One cookie as a place of storage. Where no cookies can be set nothing is stored, and nothing fails for that. */
export class CookiePlace implements SessionStorage {
  constructor(
    private readonly cookies: ServerCookies,
    private readonly name: string,
    private readonly secure: boolean,
    private readonly maxAgeSeconds?: number,
  ) {}

  async get(): Promise<string | null> {
    return (await this.cookies.getAll()).find(({ name }) => name === this.name)?.value ?? null;
  }

  /** @param value of characters that cookies may have (RFC 6265 §4.1.1) */
  set(value: string): Promise<void> {
    return this.put(value);
  }

  async remove(): Promise<void> {
    if ((await this.get()) !== null) await this.put(null);
  }

  private async put(value: string | null): Promise<void> {
    try {
      await this.cookies.setAll?.([changeOf(this.name, value, this.secure, this.maxAgeSeconds)]);
    } catch {
      // A render, which only reads.
    }
  }
}
