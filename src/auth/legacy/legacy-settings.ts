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

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
