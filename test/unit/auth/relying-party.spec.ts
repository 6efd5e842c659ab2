import { describe, expect, it } from 'vitest';
import { makerOf } from '../../../src/auth/factors/passkeys/makers.js';
import { RelyingParty } from '../../../src/auth/webauthn/relying-party.service.js';
import { SETTINGS } from '../../../src/capabilities.js';
import { loadSettings } from '../../../src/config/load-settings.js';

const make = (environment: Record<string, string> = {}): RelyingParty =>
  new RelyingParty(
    loadSettings(SETTINGS, {
      NODE_ENV: 'test',
      PUBLIC_URL: 'https://accounts.example.com',
      APP_SECRET: 'only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz',
      ...environment,
    }),
  );

describe('the relying party', () => {
  it('is the host of PUBLIC_URL, and accepts pages of its own origin only', () => {
    const party = make({ PUBLIC_URL: 'https://accounts.example.com:8443/auth' });
    expect(party.id).toBe('accounts.example.com');
    expect(party.isOrigin('https://accounts.example.com:8443')).toBe(true);
    for (const other of [
      'https://accounts.example.com',
      'http://accounts.example.com:8443',
      'https://evil.accounts.example.com:8443',
      'null',
      '',
    ]) {
      expect(party.isOrigin(other)).toBe(false);
    }
  });

  it('accepts pages in its domain that may call the API, but none by a wildcard', () => {
    const party = make({
      WEBAUTHN_RP_ID: 'example.com',
      CORS_ORIGINS: 'https://app.example.com,https://app.example.net,https://*.preview.example.com,https://evilexample.com',
      CORS_ALLOW_WILDCARD: 'true',
    });
    expect(party.isOrigin('https://app.example.com')).toBe(true);
    for (const other of [
      'https://app.example.net',
      'https://a.preview.example.com',
      'https://*.preview.example.com',
      'https://evilexample.com',
    ]) {
      expect(party.isOrigin(other)).toBe(false);
    }
    expect(party.relatedOrigins).toEqual([]);
  });

  it('accepts what the setting lists, and nothing else; what is outside its domain is a related origin', () => {
    const app = `android:apk-key-hash:${'a'.repeat(43)}`;
    const party = make({ WEBAUTHN_RP_ID: 'example.com', WEBAUTHN_ORIGINS: `https://example.com,https://example.net,${app}` });
    for (const listed of ['https://example.com', 'https://example.net', app]) expect(party.isOrigin(listed)).toBe(true);
    expect(party.isOrigin('https://accounts.example.com')).toBe(false);
    expect(party.relatedOrigins).toEqual(['https://example.net']);
  });

  it('accepts every port of localhost in development, but not where origins are listed, nor in production', () => {
    const local = { PUBLIC_URL: 'http://localhost:3000' };
    expect(make(local).isOrigin('http://localhost:5173')).toBe(true);
    expect(make(local).isOrigin('http://localhost.evil.test:5173')).toBe(false);
    expect(make({ ...local, CORS_ORIGINS: 'http://localhost:4000' }).isOrigin('http://localhost:5173')).toBe(false);
    expect(make({ ...local, WEBAUTHN_ORIGINS: 'http://localhost:4000' }).isOrigin('http://localhost:5173')).toBe(false);
    expect(make().isOrigin('http://localhost:5173')).toBe(false);
  });

  it.each(['http://127.0.0.1:3000', 'http://[::1]:3000'])('offers no passkeys at %s, which browsers have none for', (url) => {
    const party = make({ PUBLIC_URL: url });
    expect(party.isPossible).toBe(false);
    expect(() => party.id).toThrow('This server does not offer that.');
  });

  it.each([
    ['WEBAUTHN_RP_ID', 'https://example.com'],
    ['WEBAUTHN_RP_ID', 'example.com:443'],
    ['WEBAUTHN_RP_ID', '127.0.0.1'],
    ['WEBAUTHN_ORIGINS', 'http://example.com'],
    ['WEBAUTHN_ORIGINS', 'https://example.com/'],
    ['WEBAUTHN_ORIGINS', 'https://*.example.com'],
    ['WEBAUTHN_ORIGINS', 'android:apk-key-hash:short'],
  ])('refuses the setting %s=%s', (name, value) => {
    expect(() => make({ [name]: value })).toThrow(name);
  });
});

describe('makers of authenticators', () => {
  it('are known by AAGUID, and nothing else is', () => {
    expect(makerOf('bada5566-a7aa-401f-bd96-45619a55120d')).toBe('1Password');
    for (const unknown of ['00000000-0000-0000-0000-000000000000', 'constructor', '__proto__']) expect(makerOf(unknown)).toBeNull();
  });
});
