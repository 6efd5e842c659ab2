import { createPublicKey } from 'node:crypto';
import type { DkimSigner } from './dkim-signature.js';

/** A TXT record of DNS. */
export interface DkimRecord {
  name: string;
  /** The whole text; a zone file cuts it into strings of at most 255 characters. */
  value: string;
}

/** The record with which receivers check the signatures of a key (RFC 6376 §3.6.1). */
export function dkimRecord({ key, domain, selector }: DkimSigner): DkimRecord {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
  return { name: `${selector}._domainkey.${domain}`, value: `v=DKIM1; k=rsa; p=${spki}` };
}

/** The record as a line of a zone file. */
export function toZoneLine({ name, value }: DkimRecord): string {
  const strings = value.match(/.{1,255}/g) ?? [];
  return `${name}. IN TXT ( ${strings.map((each) => `"${each}"`).join(' ')} )`;
}

/** The key that a published record holds, in base64; undefined in a text that is no such record. */
export function keyInRecord(text: string): string | undefined {
  const tags = text.split(';').map((tag) => /^\s*(\w+)\s*=([^]*)$/.exec(tag));
  return tags.find((tag) => tag?.[1] === 'p')?.[2]?.replaceAll(/\s/g, '');
}
