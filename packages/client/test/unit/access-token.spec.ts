import { Buffer } from 'node:buffer';
import { describe, expect, it, vi } from 'vitest';
import { claimsOf, sessionOf } from '../../src/access-token.js';

const tokenOf = (claims: object): string => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

describe('the claims of an access token', () => {
  it('are read whatever the length', () => {
    for (let length = 0; length < 8; length += 1) {
      const claims = { sid: 'x'.repeat(length), iat: 1, exp: 901 };
      expect(claimsOf(tokenOf(claims))).toEqual(claims);
    }
  });

  it('are read where strings lack `replaceAll`', () => {
    const lacking = vi.spyOn(String.prototype, 'replaceAll').mockImplementation(() => {
      throw new TypeError('not a function');
    });
    try {
      expect(sessionOf(tokenOf({ sid: 'of an older browser' }))).toBe('of an older browser');
    } finally {
      lacking.mockRestore();
    }
  });

  it('are none in anything else, which counts as a session of its own', () => {
    for (const text of ['', 'opaque', 'a.b.c', 'no.good.token', '...']) {
      expect(claimsOf(text)).toEqual({});
      expect(sessionOf(text)).toBe(text);
    }
  });

  it('tell two sessions apart, and not two tokens of one', () => {
    expect(sessionOf(tokenOf({ sid: 'a', iat: 1 }))).toBe(sessionOf(tokenOf({ sid: 'a', iat: 2 })));
    expect(sessionOf(tokenOf({ sid: 'a' }))).not.toBe(sessionOf(tokenOf({ sid: 'b' })));
  });
});
