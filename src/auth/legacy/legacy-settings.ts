import { isIP } from 'node:net';
import type { Setting } from '../../common/capability.js';

type Options = Pick<Setting<string>, 'doc' | 'example' | 'check'>;

/** Where the old system answers: https, or http on this machine. */
export function legacyUrl(options: Options): Setting<string | undefined> {
  return {
    ...options,
    parse(value) {
      const url = URL.canParse(value) ? new URL(value) : null;
      const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
      if (url === null || !isSafe) throw new Error('a URL that starts with https://, or with http:// and a host on this machine');
      // `fetch` refuses them. The message repeats nothing: a password may be among it.
      if (url.username !== '' || url.password !== '') throw new Error('a URL without a user and password; requests are signed instead');
      if (url.hash !== '') throw new Error('a URL without #');
      return value;
    },
  };
}

/** Length of a key, bytes. Source: Standard Webhooks, "Signature scheme". */
const KEY_BYTES = { min: 24, max: 64 };

/** A symmetric secret of Standard Webhooks: `whsec_` and base64. */
export function webhookSecret(options: Options): Setting<string | undefined> {
  return {
    ...options,
    secret: true,
    parse(value) {
      const bytes = /^whsec_[A-Za-z\d+/]+={0,2}$/.test(value) ? webhookKey(value).length : 0;
      if (bytes < KEY_BYTES.min || bytes > KEY_BYTES.max)
        throw new Error(`whsec_ and the base64 of ${KEY_BYTES.min} to ${KEY_BYTES.max} random bytes`);
      return value;
    },
    keyMaterial: (name, value) => (value === undefined ? {} : { [name]: value }),
  };
}

/** The key in such a secret. */
export function webhookKey(secret: string): Buffer {
  return Buffer.from(secret.slice('whsec_'.length), 'base64');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
