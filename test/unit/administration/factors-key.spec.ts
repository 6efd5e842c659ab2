import { describe, expect, it } from 'vitest';
import { FactorsKey, FactorsKeyError } from '../../../src/administration/transfer/authenticators/factors-key.js';

const TEXT = 'a-key-that-travels-apart-0123456789abcdefghijklmnop';
const ID = '3f1c2a52-6b0e-4c1d-8f5e-1b2a3c4d5e6f';

describe('what an export seals', () => {
  const key = new FactorsKey(`${TEXT}\n`);
  const value = { totp: [{ secret: 'JBSWY3DPEHPK3PXP' }] };

  it('opens with the same key and for the same account, in whichever case its id is written', () => {
    const sealed = key.seal(ID, value);
    expect(new FactorsKey(TEXT).open(ID.toUpperCase(), sealed)).toEqual({ value });
    expect(sealed).not.toContain('JBSWY3DP');
    expect(key.seal(ID, value)).not.toBe(sealed);
  });

  it('opens neither for another account, nor with another key, nor changed, cut off or empty', () => {
    const sealed = key.seal(ID, value);
    const [mark, id, body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    expect(key.open(crypto.randomUUID(), sealed)).toEqual({ fault: 'broken' });
    expect(new FactorsKey(TEXT.toUpperCase()).open(ID, sealed)).toEqual({ fault: 'other_key' });
    for (const other of [bytes.toString('base64url'), body.slice(0, 40), body.slice(0, 10), '', 'AAAA'])
      expect(key.open(ID, `${mark}.${id}.${other}`)).toEqual({ fault: 'broken' });
    for (const other of ['', 'sealed1', `sealed1.${id}`, `sealed2.${id}.${body}`, `${sealed}.more`, '{}'])
      expect(key.open(ID, other)).toEqual({ fault: 'form' });
  });

  it('takes no key that can be guessed', () => {
    for (const text of ['', ' '.repeat(64), 'x'.repeat(31)]) expect(() => new FactorsKey(text)).toThrow(FactorsKeyError);
  });
});
