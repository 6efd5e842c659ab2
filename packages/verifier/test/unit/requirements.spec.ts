import { describe, expect, it } from 'vitest';
import type { AccessTokenClaims } from '../../src/claims.js';
import type { VerifierError } from '../../src/errors.js';
import { type Requirements, demand } from '../../src/requirements.js';

const AAL2 = 'urn:latchkey:aal2';
const now = (): number => Math.floor(Date.now() / 1_000);

/** What is wrong with a token of these claims, or undefined. */
function refusal(claims: Partial<AccessTokenClaims>, requirements: Requirements): VerifierError | undefined {
  try {
    demand({ roles: ['user'], ...claims } as AccessTokenClaims, requirements);
    return undefined;
  } catch (error) {
    return error as VerifierError;
  }
}

describe('the requirements of a route', () => {
  it.each<[string, Partial<AccessTokenClaims>, Requirements]>([
    ['nothing', {}, {}],
    ['a role', {}, { role: 'user' }],
    ['one of several roles', {}, { role: ['admin', 'user'] }],
    ['a level', { acr: AAL2 }, { acr: AAL2 }],
    ['a lower level of Latchkey', { acr: 'urn:latchkey:aal3' }, { acr: AAL2 }],
    ['one of several levels', { acr: 'gold' }, { acr: [AAL2, 'gold'] }],
    ['one factor after a recovery code', { acr: AAL2, recovered: true }, { acr: 'urn:latchkey:aal1' }],
    ['two factors, where a recovery code may be one', { acr: AAL2, recovered: true }, { acr: AAL2, recovered: true }],
    ['a proof that is recent', { auth_time: now() - 60 }, { maxAgeSeconds: 300 }],
  ])('are met: %s', (_what, claims, requirements) => {
    expect(refusal(claims, requirements)).toBeUndefined();
  });

  it.each<[string, Partial<AccessTokenClaims>, Requirements]>([
    ['a lower level', { acr: 'urn:latchkey:aal1' }, { acr: AAL2 }],
    ['another level', { acr: 'gold' }, { acr: AAL2 }],
    ['a level of others that looks higher', { acr: 'urn:other:aal3' }, { acr: AAL2 }],
    ['a recovery code in place of a factor', { acr: AAL2, recovered: true }, { acr: AAL2 }],
    ['a recovery code in place of a level of others', { acr: 'gold', recovered: true }, { acr: 'gold' }],
    ['one factor, where a recovery code may be another', { acr: 'urn:latchkey:aal1', recovered: true }, { acr: AAL2, recovered: true }],
    ['an old proof', { auth_time: now() - 400 }, { maxAgeSeconds: 300 }],
    ['a token that does not say', {}, { acr: AAL2 }],
    ['a token that does not say when', { acr: AAL2 }, { acr: AAL2, maxAgeSeconds: 300 }],
    ['a time that is no number', { auth_time: '9999999999' as unknown as number }, { maxAgeSeconds: 300 }],
  ])('ask for another sign-in: %s', (_what, claims, requirements) => {
    expect(refusal(claims, requirements)).toMatchObject({ code: 'auth.step_up_required', status: 401 });
  });

  it('say what a sign-in has to reach', () => {
    expect(refusal({}, { acr: [AAL2, 'gold'], maxAgeSeconds: 300 })?.stepUp).toEqual({ acr_values: `${AAL2} gold`, max_age: 300 });
  });

  it('do not ask to sign in again if the role is missing', () => {
    expect(refusal({}, { role: 'admin', acr: AAL2 })).toMatchObject({ code: 'access.forbidden', status: 403 });
    expect(refusal({ roles: undefined }, { role: 'admin' })).toMatchObject({ code: 'access.forbidden' });
  });
});
