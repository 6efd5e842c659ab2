import { type KeyObject, createPrivateKey } from 'node:crypto';
import type { Setting } from '../../common/capability.js';
import { toAsciiDomain } from '../../common/domains.js';
import { senderDomain } from './sender.js';

type Options = Pick<Setting<string>, 'doc' | 'example' | 'check' | 'harm'>;

/** Shortest key, bits: RFC 8301 §3.2 asks signers for it, and shorter ones can be factored. */
const MIN_KEY_BITS = 2_048;

/** Labels with dots between them. */
const DOMAIN = /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i;

/** Longest selector, characters: one label of DNS, although a selector may have several (RFC 6376 §3.1). */
const MAX_SELECTOR_CHARS = 63;

/**
 * The private key of signatures, kept as PEM. Only RSA: large receivers do not check Ed25519 (RFC 8463), and a mail that has no other
 * signature counts as unsigned there.
 */
export function dkimKey(options: Options): Setting<string | undefined> {
  return {
    ...options,
    secret: true,
    parse(written) {
      const key = readKey(written);
      if (key === null) throw new Error('a private key in PEM, without a password (-----BEGIN PRIVATE KEY----- …)');
      if (key.asymmetricKeyType !== 'rsa') throw new Error(`an RSA key; many receivers do not check ${key.asymmetricKeyType}`);
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
      if (bits < MIN_KEY_BITS) throw new Error(`an RSA key of at least ${MIN_KEY_BITS} bits; this one has ${bits}`);
      return key.export({ type: 'pkcs8', format: 'pem' }).toString();
    },
  };
}

/** The name of the key in DNS. */
export function dkimSelector(options: Options): Setting<string | undefined> {
  return {
    ...options,
    parse(written) {
      if (!DOMAIN.test(written) || written.length > MAX_SELECTOR_CHARS)
        throw new Error('letters, digits, hyphens and dots, such as latchkey1');
      return written.toLowerCase();
    },
  };
}

/** The domain that signs, kept in ASCII. */
export function dkimDomain(options: Options): Setting<string | undefined> {
  return {
    ...options,
    parse(written) {
      const domain = /[\s@/:]/.test(written) ? null : toAsciiDomain(written.trim());
      if (domain === null || !DOMAIN.test(domain)) throw new Error('a domain such as example.com');
      return domain;
    },
  };
}

/**
 * Whether a signature of `domain` counts for DMARC with mails from `from` (RFC 7489 §3.1.1). Both have to belong to one organisation; the
 * last two labels tell that well enough for a warning.
 */
export function isAligned(domain: string, from: string): boolean {
  const organisation = (name: string) => name.split('.').slice(-2).join('.');
  return organisation(domain) === organisation(senderDomain(from));
}

/** A key that is read from a variable may have its line breaks written as `\n`. */
function readKey(written: string): KeyObject | null {
  try {
    return createPrivateKey(written.replaceAll(String.raw`\n`, '\n'));
  } catch {
    return null;
  }
}
