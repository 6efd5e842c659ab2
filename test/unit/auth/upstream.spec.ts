import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { appleClientSecret } from '../../../src/auth/providers/apple-secret.js';
import type { PresetName } from '../../../src/auth/providers/provider.js';
import { type Claims, filledUp, toIdentity } from '../../../src/auth/providers/upstream-profile.js';

const ISSUER = 'https://id.example.com';

describe('what a provider tells of somebody', () => {
  const told = (preset: PresetName | null, claims: Claims) => toIdentity(preset, ISSUER, { sub: 's', email: 'ada@example.com', ...claims });

  it.each<[PresetName | null, Claims, boolean]>([
    [null, { email_verified: true }, true],
    [null, { email_verified: 'true' }, false],
    [null, { email_verified: 'false' }, false],
    [null, { email_verified: 1 }, false],
    [null, { email_verified: [true] }, false],
    [null, {}, false],
    ['google', { email_verified: true }, true],
    ['apple', { email_verified: 'true' }, true],
    ['apple', { email_verified: 'false' }, false],
    ['microsoft', { email_verified: true }, false],
    ['microsoft', { xms_edov: true }, true],
    ['microsoft', { xms_edov: 1 }, true],
    ['microsoft', { xms_edov: '1' }, true],
    ['microsoft', { xms_edov: 'false' }, false],
    ['discord', { verified: true }, true],
    ['discord', { email_verified: true }, false],
    ['facebook', { email_verified: true, verified: true }, false],
  ])('of %s with %j has a proven address: %s', (preset, claims, isProven) => {
    expect(told(preset, claims)).toMatchObject({ issuer: ISSUER, subject: 's', email: 'ada@example.com', emailVerified: isProven });
  });

  it('has no proven address without an address', () => {
    expect(told(null, { email: undefined, email_verified: true })).toMatchObject({ email: null, emailVerified: false });
  });

  it('knows users of plain OAuth 2 by their number', () => {
    expect(told('github', { sub: undefined, id: 4711, name: 'Ada', avatar_url: 'https://a.example/b' })).toMatchObject({
      subject: '4711',
      profile: { name: 'Ada', picture: 'https://a.example/b' },
    });
  });

  it.each([[undefined], [null], [''], [{}], [1.5], ['x'.repeat(256)], ['a\0b'], ['\ud800']])('is nobody with the subject %j', (sub) => {
    expect(toIdentity(null, ISSUER, { sub })).toBeNull();
  });

  it('leaves out what is no text, or too long', () => {
    expect(told(null, { given_name: 7, family_name: 'x'.repeat(301), name: ' ', picture: 'p\0' })?.profile).toEqual({
      name: null,
      firstName: null,
      lastName: null,
      picture: null,
    });
  });
});

describe("Apple's client secret", () => {
  it('is a JWT that the key of the team signs, good for minutes', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const client = { clientId: 'com.example.web', appleKey: { teamId: 'A1B2C3D4E5', keyId: 'F6G7H8I9J0' } };
    const [header = '', claims = '', signature = ''] = appleClientSecret(client, pem, 1_800_000_000).split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'ES256', kid: 'F6G7H8I9J0' });
    expect(read(claims)).toEqual({
      iss: 'A1B2C3D4E5',
      sub: 'com.example.web',
      aud: 'https://appleid.apple.com',
      iat: 1_800_000_000,
      exp: 1_800_000_300,
    });
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true);
  });
});

describe('an ID token that names no address', () => {
  it('vouches for none that the userinfo endpoint names', () => {
    const claims = { sub: '1', name: 'Ada', email_verified: true, xms_edov: true };
    for (const preset of [null, 'google', 'microsoft'] as const) {
      const identity = toIdentity(preset, 'https://id.example.com', filledUp(claims, { sub: '1', name: 'Eve', email: 'ada@example.com' }));
      expect(identity).toMatchObject({ email: 'ada@example.com', emailVerified: false, profile: { name: 'Ada' } });
    }
    const told = filledUp({ sub: '1' }, { sub: '1', email: 'ada@example.com', email_verified: true });
    expect(toIdentity(null, 'https://id.example.com', told)?.emailVerified).toBe(true);
  });
});
