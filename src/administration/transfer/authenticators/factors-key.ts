import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Beginning of everything that is sealed, with the version of the form. */
const MARK = 'sealed1';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Least length of what a key is made of, characters: as of `APP_SECRET`. */
const MIN_CHARS = 32;

/** The file of a key holds too little. */
export class FactorsKeyError extends Error {}

/** Why something sealed could not be opened. */
export type SealFault = 'form' | 'other_key' | 'broken';

/**
 * The key under which authenticators travel in a file of accounts. The operator makes it and hands it over apart from the file: `APP_SECRET`
 * stays where it is, as the other installation has one of its own. AES-256-GCM; what is sealed is bound to the id of its account, so that it
 * opens in no other record.
 */
export class FactorsKey {
  /** Public, and written beside what is sealed: it tells a wrong key from a broken seal. */
  readonly id: string;
  private readonly key: Buffer;

  /** @throws FactorsKeyError */
  constructor(text: string) {
    const secret = text.trim();
    if (secret.length < MIN_CHARS)
      throw new FactorsKeyError(`The key of --factors-key needs at least ${MIN_CHARS} characters: latchkey secret FILE makes one.`);
    this.key = Buffer.from(hkdfSync('sha256', secret, 'latchkey', 'moved-authenticators', KEY_BYTES));
    this.id = createHash('sha256').update('latchkey factors key\0').update(secret).digest('base64url').slice(0, 8);
  }

  seal(accountId: string, value: object): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(boundTo(accountId));
    const bytes = Buffer.concat([iv, cipher.update(JSON.stringify(value)), cipher.final(), cipher.getAuthTag()]);
    return `${MARK}.${this.id}.${bytes.toString('base64url')}`;
  }

  /** What was sealed for this account, or why it cannot be opened. */
  open(accountId: string, sealed: string): { value: unknown } | { fault: SealFault } {
    const [mark, id, body, ...rest] = sealed.split('.');
    if (mark !== MARK || id === undefined || body === undefined || rest.length > 0) return { fault: 'form' };
    if (id !== this.id) return { fault: 'other_key' };
    try {
      const bytes = Buffer.from(body, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(boundTo(accountId)).setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString();
      return { value: JSON.parse(text) as unknown };
    } catch {
      return { fault: 'broken' };
    }
  }
}

function boundTo(accountId: string): Buffer {
  return Buffer.from(`latchkey authenticators ${accountId.toLowerCase()}`);
}
