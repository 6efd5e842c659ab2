import type { SessionStorage } from '../storage.js';
import type { Authority } from './wire.js';

/** Where the open sign-in of this tab is kept over a reload: `sessionStorage` of a page, memory elsewhere. */
export function tabStorage(key: string): SessionStorage {
  let kept: string | null = null;
  // A storage that is missing, forbidden or full counts as empty.
  const attempt = <T>(work: (storage: Storage) => T): T | undefined => {
    try {
      return typeof sessionStorage === 'undefined' ? undefined : work(sessionStorage);
    } catch {
      return undefined;
    }
  };
  return {
    get: () => kept ?? attempt((storage) => storage.getItem(key)) ?? null,
    set: (value) => {
      kept = value;
      attempt((storage) => storage.setItem(key, value));
    },
    remove: () => {
      kept = null;
      attempt((storage) => storage.removeItem(key));
    },
  };
}

/** A sign-in in the characters that a cookie may have. */
export function write({ id, secret = '', sent }: Authority): string {
  return `${id}~${secret}${sent === undefined ? '' : `~${sent}`}`;
}

export function read(text: string | null): Authority | null {
  const [, id, secret, sent] = /^([\w-]+)~([\w.-]*)(?:~([\w-]+))?$/.exec(text ?? '') ?? [];
  return id === undefined ? null : { id, secret: secret || undefined, sent };
}
