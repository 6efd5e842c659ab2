import { describe, expect, it } from 'vitest';
import { claims as capability } from '../../../src/claims/claims.capability.js';
import { claimsOf, unfitMetadata } from '../../../src/claims/claims-template.js';
import { MAX_EXT_BYTES, unfitExt } from '../../../src/claims/further-claims.js';

const { CLAIMS_TEMPLATE: setting } = capability.settings;

describe('a template of claims', () => {
  it('reads paths of public metadata, and leaves out what is missing or no claim', () => {
    const template = setting.parse('{"plan": "publicMetadata.plan", "tenant": "publicMetadata.tenant.id", "tags": "publicMetadata.tags"}');
    expect(claimsOf(template, { plan: 'pro', tenant: { id: 7 }, tags: ['a'] })).toEqual({ plan: 'pro', tenant: 7, tags: ['a'] });
    expect(claimsOf(template, { plan: null, tenant: [7], tags: [{}] })).toBeUndefined();
    expect(claimsOf(template, {})).toBeUndefined();
    expect(setting.show?.(template)).toBe(
      '{"plan":"publicMetadata.plan","tenant":"publicMetadata.tenant.id","tags":"publicMetadata.tags"}',
    );
    expect(setting.parse(String(setting.show?.(template)))).toEqual(template);
  });

  it('reads nothing that an object inherits', () => {
    const template = setting.parse('{"a": "publicMetadata.constructor.name", "b": "publicMetadata.__proto__"}');
    expect(claimsOf(template, { plan: 'pro' })).toBeUndefined();
  });

  it.each([
    'plan',
    '[]',
    'null',
    '{"plan": 7}',
    '{"plan": "publicMetadata"}',
    '{"plan": "publicMetadata."}',
    '{"plan": "publicMetadata.a..b"}',
    '{"plan": "metadata.plan"}',
    '{"plan": "publicMetadata.a b"}',
    '{"sub": "publicMetadata.sub"}',
    '{"Roles": "publicMetadata.roles"}',
    '{"with space": "publicMetadata.plan"}',
    JSON.stringify(Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`c${i}`, 'publicMetadata.plan']))),
  ])('is not %s', (text) => {
    expect(() => setting.parse(text)).toThrow(/^an? (?:JSON )?object /);
  });

  it('finds what cannot be a claim where it is written', () => {
    const template = setting.parse('{"plan": "publicMetadata.plan"}');
    expect(unfitMetadata(template, { plan: 'pro', other: { deep: { deeper: {} } } })).toBeNull();
    expect(unfitMetadata(template, { plan: { deep: {} } })).toContain('the claim plan of publicMetadata.plan');
    expect(unfitMetadata(template, { plan: 'x'.repeat(MAX_EXT_BYTES) })).toContain(`${MAX_EXT_BYTES} bytes`);
  });
});

describe('further claims', () => {
  it.each([
    [{}],
    [{ plan: 'pro', seats: 5, trial: false, tags: ['a', 1, true], limits: { seats: 5 } }],
    [{ text: 'x'.repeat(MAX_EXT_BYTES - '{"text":""}'.length) }],
    [{ text: 'ä'.repeat((MAX_EXT_BYTES - '{"text":""}'.length - 1) / 2) }],
  ])('are %j', (ext) => {
    expect(unfitExt(ext)).toBeNull();
  });

  it.each<[unknown]>([
    [null],
    ['pro'],
    [['pro']],
    [{ plan: null }],
    [{ plan: undefined }],
    [{ plan: Number.NaN }],
    [{ tags: [['a']] }],
    [{ limits: { a: { b: 1 } } }],
    [{ limits: { 'a b': 1 } }],
    [{ tags: Array.from({ length: 33 }, () => 1) }],
    [{ '1st': 1 }],
    [{ [`a${'b'.repeat(40)}`]: 1 }],
    [{ text: 'x'.repeat(MAX_EXT_BYTES) }],
    [{ text: 'ä'.repeat(MAX_EXT_BYTES / 2) }],
    [JSON.parse('{"__proto__": "x"}')],
    ...[
      'iss',
      'sub',
      'aud',
      'exp',
      'nbf',
      'iat',
      'jti',
      'client_id',
      'scope',
      'roles',
      'entitlements',
      'acr',
      'amr',
      'auth_time',
      'email',
      'sid',
      'ext',
      'EXP',
      'constructor',
    ].map((name): [unknown] => [{ [name]: 'x' }]),
  ])('are not %j', (ext) => {
    expect(unfitExt(ext)).not.toBeNull();
  });
});
