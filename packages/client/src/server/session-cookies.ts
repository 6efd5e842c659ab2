import { type Cookie, type CookieChange, type ServerCookies, changeOf } from './cookies.js';

/** The tokens of a session as the browser keeps them for the server that renders its pages. */
export interface KeptTokens {
  accessToken: string;
  refreshToken: string;
  /** When the access token expires by this machine's clock, milliseconds since 1970. */
  expiresAt: number;
  /** Chosen at random when the session was opened; the same until it ends. Names the cookies, and the attempts to refresh. */
  key: string;
  /** How many refreshes came before these tokens. */
  rotation: number;
}

/** Longest value of one cookie, characters. With name and attributes it stays below the 4,096 bytes from which on browsers drop a cookie silently. */
const CHUNK_LENGTH = 3_600;

/** Of a session's key: what the names of its cookies have of it. */
const TAG_LENGTH = 8;

const KEY = /^[\da-f]{32}$/;
const TOKENS = /^(\d+)~([\w-]+)~([\w.-]+)$/;

/**
 * The cookies of a session: one with its key, and its tokens in one or more whose names contain the beginning of the key and the number of the
 * rotation.
 *
 * Answers reach the browser in any order. The late answer to a request from before must bring back neither older tokens of the session, nor an
 * account that signed out meanwhile, nor the one before the present one. So a refresh sets cookies of other names than those it read, the highest
 * number counts, and only signing in sets the key. What nobody reads any more the next write removes.
 * The account is in no cookie: its metadata may have any size.
 */
export class SessionCookies {
  private readonly keyName: string;

  /** @param secure sets `Secure` and the prefix by which browsers refuse the cookie from other hosts and subdomains (RFC 6265bis §4.1.3.2) */
  constructor(
    private readonly cookies: ServerCookies,
    name: string,
    private readonly secure: boolean,
  ) {
    this.keyName = `${secure ? '__Host-' : ''}${name}`;
  }

  /** The tokens of whoever is signed in; null for nobody, and for cookies that are incomplete or something else. */
  async read(): Promise<KeptTokens | null> {
    const found = await this.cookies.getAll();
    const key = valueOf(found, this.keyName);
    if (key === undefined || !KEY.test(key)) return null;
    const rotation = Math.max(...found.map(({ name }) => this.rotationOf(name, key)));
    const name = this.tokensName(key, rotation);
    const chunks = [];
    for (let chunk; (chunk = valueOf(found, `${name}.${chunks.length}`)) !== undefined;) chunks.push(chunk);
    const [, expiresAt, refreshToken, accessToken] = TOKENS.exec(chunks.join('')) ?? [];
    if (refreshToken === undefined || accessToken === undefined) return null;
    return { accessToken, refreshToken, expiresAt: Number(expiresAt), key, rotation };
  }

  /**
   * Sets the cookies of the tokens, and removes all others.
   * @param isNew sets the key, too
   * @throws whatever `setAll` throws; Error without one
   */
  async write({ accessToken, refreshToken, expiresAt, key, rotation }: KeptTokens, isNew: boolean): Promise<void> {
    const value = `${expiresAt}~${refreshToken}~${accessToken}`;
    const changes = isNew ? [changeOf(this.keyName, key, this.secure)] : [];
    for (let start = 0; start < value.length; start += CHUNK_LENGTH) {
      const name = `${this.tokensName(key, rotation)}.${start / CHUNK_LENGTH}`;
      changes.push(changeOf(name, value.slice(start, start + CHUNK_LENGTH), this.secure));
    }
    await this.set([...changes, ...(await this.removals((name) => changes.every((change) => change.name !== name)))]);
  }

  /**
   * Removes the tokens with this key. The key stays: the browser may hold another one by now.
   * @throws as `write`
   */
  async drop(key: string): Promise<void> {
    await this.set(await this.removals((name) => this.rotationOf(name, key) >= 0));
  }

  /**
   * Signs out: removes everything.
   * @throws as `write`
   */
  async clear(): Promise<void> {
    await this.set([changeOf(this.keyName, null, this.secure), ...(await this.removals(() => true))]);
  }

  private tokensName(key: string, rotation: number | string): string {
    return `${this.keyName}.${key.slice(0, TAG_LENGTH)}.${rotation}`;
  }

  /** The number in the name of a cookie with tokens of this key; -1 for any other cookie. */
  private rotationOf(name: string, key: string): number {
    const prefix = this.tokensName(key, '');
    const digits = name.startsWith(prefix) ? /^\d+/.exec(name.slice(prefix.length)) : null;
    return digits === null ? -1 : Number(digits[0]);
  }

  /** What removes the cookies of tokens whose names pass. */
  private async removals(isObsolete: (name: string) => boolean): Promise<CookieChange[]> {
    const names = (await this.cookies.getAll()).map(({ name }) => name);
    return names.filter((name) => name.startsWith(`${this.keyName}.`) && isObsolete(name)).map((name) => changeOf(name, null, this.secure));
  }

  private async set(changes: CookieChange[]): Promise<void> {
    if (this.cookies.setAll === undefined) throw new Error('These cookies can only be read.');
    await this.cookies.setAll(changes);
  }
}

function valueOf(cookies: readonly Cookie[], name: string): string | undefined {
  return cookies.find((cookie) => cookie.name === name)?.value;
}
