import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OAuthService } from '../src/tokens/oauth/oauth.service.js';
import { type TestUser, signedIn } from './support/accounts.js';
import { type TestApp, sharedApp } from './support/start-app.js';
import { claimsOf, sidOf } from './support/tokens.js';

describe('the assurance of a session', () => {
  let app: TestApp;
  let user: TestUser;
  beforeAll(async () => {
    app = await sharedApp();
  });
  beforeEach(async () => {
    user = await signedIn(app);
  });

  const refresh = async (refreshToken: string): Promise<{ accessToken: string; refreshToken: string }> =>
    (await app.post('/v1/auth/refresh', { refreshToken })).body;
  const levelOf = (accessToken: string): unknown[] => {
    const { acr, amr, auth_time: authTime } = claimsOf(accessToken);
    return [acr, amr, authTime];
  };
  const set = (changes: string): Promise<object[]> => app.rows(`UPDATE sessions SET ${changes} WHERE id = $1`, [sidOf(user.accessToken)]);

  it('is one factor after a password, shown at that moment', async () => {
    const { iat } = claimsOf(user.accessToken);
    expect(levelOf(user.accessToken)).toEqual(['urn:latchkey:aal1', ['pwd'], expect.any(Number)]);
    expect(Math.abs(claimsOf(user.accessToken).auth_time - iat)).toBeLessThanOrEqual(1);
  });

  it('is copied by a refresh, which raises nothing and makes nothing younger', async () => {
    await set(`auth_time = to_timestamp(1700000000.9)`);
    const next = await refresh(user.refreshToken);
    expect(levelOf(next.accessToken)).toEqual(['urn:latchkey:aal1', ['pwd'], 1_700_000_000]);
    // The same answer again, for a client that did not get it.
    expect(levelOf((await refresh(user.refreshToken)).accessToken)).toEqual(['urn:latchkey:aal1', ['pwd'], 1_700_000_000]);
  });

  it('comes to a token only by a new one: an old one says what it said', async () => {
    await set(`aal = 2, amr = '{pwd}', auth_time = to_timestamp(1800000000)`);
    const introspect = async (token: string): Promise<unknown[]> => {
      const { acr, auth_time: authTime } = await app.nest.get(OAuthService).introspect(token);
      return [acr, authTime];
    };
    expect(await introspect(user.accessToken)).toEqual(['urn:latchkey:aal1', claimsOf(user.accessToken).auth_time]);
    expect(await introspect(user.refreshToken)).toEqual(['urn:latchkey:aal2', 1_800_000_000]);
    const next = await refresh(user.refreshToken);
    expect(levelOf(next.accessToken)).toEqual(['urn:latchkey:aal2', ['pwd'], 1_800_000_000]);
    expect(await introspect(next.accessToken)).toEqual(['urn:latchkey:aal2', 1_800_000_000]);
  });

  it('of one that a server of the version before opened is a password, shown when it was created', async () => {
    await set(`auth_time = NULL, created_at = to_timestamp(1600000000)`);
    const next = await refresh(user.refreshToken);
    expect(levelOf(next.accessToken)).toEqual(['urn:latchkey:aal1', ['pwd'], 1_600_000_000]);
  });

  it('is told to its owner', async () => {
    await set(`auth_time = to_timestamp(1700000000)`);
    const { sessions } = (await app.get('/v1/users/me/export', { token: user.accessToken })).body;
    expect(sessions).toEqual([expect.objectContaining({ aal: 1, amr: ['pwd'], authTime: '2023-11-14T22:13:20.000Z' })]);
  });
});
