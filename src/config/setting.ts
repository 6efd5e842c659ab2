import { readdirSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import type { Setting } from '../common/capability.js';
import { eachHost } from './hosts.js';
import { demandEncodedCredentials } from './url-credentials.js';

type Options<T> = Pick<Setting<T>, 'doc' | 'default' | 'production' | 'requiredInProduction' | 'example' | 'check' | 'harm'>;

type Optional = { optional: true };

const WHOLE_NUMBER = /^-?\d{1,15}$/;

/** A whole number from `min` to `max`. */
export function integer(options: Options<number> & { min: number; max: number }): Setting<number> {
  const { min, max } = options;
  return {
    ...options,
    parse(text) {
      const value = WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN;
      if (!(value >= min && value <= max)) throw new Error(`a whole number from ${min} to ${max}`);
      return value;
    },
  };
}

/** One of the given words. */
export function oneOf<const W extends string>(words: readonly W[], options: Options<W>): Setting<W> {
  return {
    ...options,
    parse(text) {
      const word = words.find((candidate) => candidate === text);
      if (word === undefined) throw new Error(`one of ${words.join(', ')}`);
      return word;
    },
  };
}

/** `true` or `false`. */
export function bool(options: Options<boolean>): Setting<boolean> {
  return {
    ...options,
    parse(text) {
      if (text !== 'true' && text !== 'false') throw new Error('true or false');
      return text === 'true';
    },
  };
}

/** One line of text of at most `max` characters. */
export function text(options: Options<string> & { max?: number }): Setting<string> {
  const { max = 1_000 } = options;
  return {
    ...options,
    parse(value) {
      if (/[\r\n\0]/.test(value) || value.length > max) throw new Error(`one line of at most ${max} characters`);
      return value;
    },
  };
}

/** A folder of this machine, which exists. */
export function folder(options: Options<string>): Setting<string | undefined> {
  return {
    ...options,
    parse(path) {
      try {
        readdirSync(path);
      } catch (error) {
        throw new Error(`a folder that can be read; ${path} is none (${(error as NodeJS.ErrnoException).code})`, { cause: error });
      }
      return path;
    },
  };
}

/**
 * An absolute URL with one of the given schemes, kept as text with the scheme in lower case and without trailing slashes. If it is secret, it
 * may have a user and password. It names a host, unless that may be left to a socket of this machine;
 * with `severalHosts` it may name several (`eachHost`).
 */
export function url(
  schemes: readonly string[],
  options: Options<string> & Optional & { secret?: boolean; mayLackHost?: boolean; severalHosts?: boolean },
): Setting<string | undefined> {
  return {
    ...options,
    parse(written) {
      const value = written.trim();
      // As parsers do: they take `SMTP://` for `smtp://`.
      const scheme = schemes.find((each) => value.toLowerCase().startsWith(`${each}//`));
      if (scheme === undefined) throw new Error(`a URL that starts with ${schemes.map((each) => `${each}//`).join(' or ')}`);
      if (options.secret === true) demandEncodedCredentials(value);
      // Parsers remove tabs and line breaks, and each keeps or encodes spaces as it likes.
      const urls = options.severalHosts === true ? eachHost(value) : [value];
      if (/\s/.test(value) || !urls.every((each) => URL.canParse(each)))
        throw new Error('a URL without spaces whose host and port can be read');
      const hasHost = urls.every((each) => new URL(each).hostname !== '');
      if (!hasHost && options.mayLackHost !== true) throw new Error(`a URL with a host, ${scheme}//host`);
      const canonical = `${scheme}${value.slice(scheme.length)}`;
      return hasHost ? canonical.replace(/\/+$/, '') : canonical;
    },
  };
}

/**
 * A colour as hexadecimal digits, `rgb` or `rrggbb`, kept as `#rrggbb`. The `#` is optional, because it starts a comment in `.env` files.
 */
export function color(options: Options<string>): Setting<string> {
  return {
    ...options,
    parse(value) {
      const [, digits] = /^#?((?:[\da-f]{3}){1,2})$/.exec(value.toLowerCase()) ?? [];
      if (digits === undefined) throw new Error('a colour such as 3346d3');
      return `#${digits.length === 3 ? digits.replaceAll(/./g, '$&$&') : digits}`;
    },
    show: (value) => value.slice(1),
  };
}

const IMAGE_DATA = /^data:image\/(?:png|jpeg|webp|gif|svg\+xml);base64,[A-Za-z\d+/]+={0,2}$/;
/** A host name that matches only itself in a content security policy; URLs also allow `*`, `;` and quotes. */
const PLAIN_HOST = /^(?:[\w-]+\.)*[\w-]+$|^\[[\da-f:]+\]$/;
/** Maximum length of the `data:` URL of an image that every page contains, characters. */
const MAX_IMAGE_CHARS = 64 * 1_024;

/** An image: its `https:` URL, or its content as a `data:` URL. */
export function image(options: Options<string> & Optional): Setting<string | undefined> {
  return {
    ...options,
    parse(value) {
      if (IMAGE_DATA.test(value) && value.length <= MAX_IMAGE_CHARS) return value;
      const { protocol, hostname, username, password, href } = URL.canParse(value) ? new URL(value) : new URL('about:blank');
      if (protocol === 'https:' && PLAIN_HOST.test(hostname) && username === '' && password === '') return href;
      throw new Error(
        `an https:// URL, or a data: URL of a PNG, JPEG, WebP, GIF or SVG in base64, at most ${MAX_IMAGE_CHARS} characters long`,
      );
    },
  };
}

/** A secret of another service, of any strength. */
export function secret(options: Options<string>): Setting<string | undefined> {
  return { ...options, secret: true, parse: (value) => value };
}

/** A secret of this server; in production it has to be long and random. */
export function ownSecret(options: Options<string>): Setting<string | undefined> {
  return { ...secret(options), keyMaterial: (name, value) => (value === undefined ? {} : { [name]: value }) };
}

/** Comma-separated words, each checked by `check`. */
export function list(options: Options<string[]>, check: (item: string) => void = () => {}): Setting<string[]> {
  return {
    ...options,
    parse(value) {
      const items = value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
      items.forEach(check);
      return items;
    },
  };
}

/** Some of the given words: a comma-separated list of them, `all` or `none`. */
export function someOf<const W extends string>(words: readonly W[], options: Options<readonly W[]>): Setting<readonly W[]> {
  return {
    ...options,
    parse(value) {
      if (value === 'all') return words;
      if (value === 'none') return [];
      const named = list({ doc: '' }).parse(value);
      const chosen = words.filter((word) => named.includes(word));
      if (chosen.length !== new Set(named).size || named.length === 0) throw new Error(`all, none, or a list of ${words.join(', ')}`);
      return chosen;
    },
    show: (value) => (value.length === 0 ? 'none' : value.length === words.length ? 'all' : value.join(',')),
  };
}

/** Origins of apps in a shell, and of extensions, whose schemes the URL standard gives no origin. */
const APP_ORIGIN = /^(?:capacitor|ionic|tauri|(?:chrome|moz)-extension):\/\/[a-z\d](?:[a-z\d.-]*[a-z\d])?$/;

/** `*` in place of the first of at least three labels. */
const WILDCARD_ORIGIN = /^https:\/\/\*(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?){2,}(?::\d{1,5})?$/;

/** Comma-separated origins: scheme, host and port, nothing more; a `*` may stand for the first label of a host. */
export function origins(options: Options<string[]>): Setting<string[]> {
  return list(options, (item) => {
    if (APP_ORIGIN.test(item)) return;
    const plain = WILDCARD_ORIGIN.test(item) ? item.replace('*', 'a') : item;
    if (!URL.canParse(plain) || new URL(plain).origin !== plain || plain.includes('*')) {
      throw new Error(`a list of origins such as https://app.example.com (${item} is none)`);
    }
  });
}

/** Comma-separated IP addresses and CIDR ranges. */
export function cidrs(options: Options<string[]>): Setting<string[]> {
  return list(options, (item) => {
    const [address = '', prefix] = item.split('/');
    try {
      if (isIP(address) === 0) throw new Error('no address');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (prefix !== undefined)
        new BlockList().addSubnet(address, integer({ doc: '', min: 1, max: family === 'ipv6' ? 128 : 32 }).parse(prefix), family);
    } catch {
      throw new Error(`a list of IP addresses or CIDR ranges (${item} is none)`);
    }
  });
}

/** A rate limit, written `POINTS/SECONDS`. */
export function rate(options: Options<{ points: number; seconds: number }>): Setting<{ points: number; seconds: number }> {
  return {
    ...options,
    parse(value) {
      const [, points, seconds] = /^([1-9]\d{0,8})\/([1-9]\d{0,5})$/.exec(value) ?? [];
      if (points === undefined || seconds === undefined) throw new Error('a count and seconds such as 5/900');
      return { points: Number(points), seconds: Number(seconds) };
    },
    show: ({ points, seconds }) => `${points}/${seconds}`,
  };
}

/** A client that may introspect tokens. */
export interface OAuthClient {
  id: string;
  secret: string;
}

/** Comma-separated `id:secret` pairs; in production each secret has to be long and random. */
export function oauthClients(options: Options<OAuthClient[]>): Setting<OAuthClient[]> {
  const items = list({ doc: '' });
  return {
    ...options,
    secret: true,
    parse(value) {
      const clients = items.parse(value).map((item) => {
        // Printable ASCII (RFC 6749 appendix A.2); the message must not repeat the value, because it contains secrets.
        const [, id, password] = /^([\w.-]{1,64}):([\x21-\x7e]{1,256})$/.exec(item) ?? [];
        if (id === undefined || password === undefined) throw new Error('a list of id:secret pairs such as books:3q2-7wE1b0fT');
        return { id, secret: password };
      });
      if (new Set(clients.map(({ id }) => id)).size < clients.length) throw new Error('a list of id:secret pairs, each id once');
      return clients;
    },
    show: () => '',
    keyMaterial: (name, clients) => Object.fromEntries(clients.map((client) => [`${name} (the secret of ${client.id})`, client.secret])),
  };
}
