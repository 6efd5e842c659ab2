import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IssuedTokens } from '../src/tokens/sessions/session-tokens.service.js';
import { SessionsService } from '../src/tokens/sessions/sessions.service.js';
import { RefreshTokenReusedError } from '../src/tokens/sessions/errors.js';
import { type TestUser, signedIn } from './support/accounts.js';
import { type TestApp, sharedApp } from './support/start-app.js';
import { statementsOf } from './support/statements.js';

const CALLER = { ip: '192.0.2.1', userAgent: null, requestId: 'together', limits: [] };

describe('refreshes that arrive together', () => {
  let app: TestApp;
  let sessions: SessionsService;
  let users: TestUser[];
  beforeAll(async () => {
    app = await sharedApp();
    sessions = app.nest.get(SessionsService);
  });
  beforeEach(async () => {
    users = await Promise.all([signedIn(app), signedIn(app), signedIn(app)]);
  });
  afterAll(() => app.stop());

  const refresh = ({ refreshToken }: { refreshToken: string }): Promise<IssuedTokens> => sessions.refresh(refreshToken, CALLER);
  const refreshAll = (tokens: readonly { refreshToken: string }[]) => Promise.all(tokens.map(refresh));

  it('share a statement, and each gets its own', async () => {
    let first: IssuedTokens[] = [];
    const statements = await statementsOf(async () => {
      first = await refreshAll(users);
    });
    expect(statements).toEqual([expect.stringMatching(/UPDATE sessions/)]);
    const owners = await Promise.all(
      first.map(async ({ accessToken }) => (await app.get('/v1/users/me', { token: accessToken })).body.email),
    );
    expect(owners).toEqual(users.map(({ email }) => email));
    const second = await refreshAll(first);
    expect(new Set([...users, ...first, ...second].map(({ refreshToken }) => refreshToken)).size).toBe(9);
    expect(second.map(({ sessionId }) => sessionId)).toEqual(first.map(({ sessionId }) => sessionId));
  });

  it('get one and the same successor for one token', async () => {
    const [user, other] = users as [TestUser, TestUser];
    const answers = await refreshAll([user, other, user, user]);
    expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(2);
    expect(answers[0]?.refreshToken).toBe(answers[3]?.refreshToken);
  });

  it('find the reuse among them, which ends its family alone', async () => {
    const [thief, ...others] = users as [TestUser, TestUser, TestUser];
    const latest = await refresh(await refresh(thief));
    const [stolen, ...good] = await Promise.allSettled([thief, ...others].map(refresh));
    expect(stolen).toMatchObject({ status: 'rejected', reason: expect.any(RefreshTokenReusedError) });
    expect(good.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    await expect(refresh(latest)).rejects.toMatchObject({ code: 'refresh_token.invalid' });
  });

  it('do not wait for one whose session is being ended, and that one sees how it went', async () => {
    const [user, ...others] = users as [TestUser, TestUser, TestUser];
    const ending = await refresh(user);
    const client = await app.db.connect();
    try {
      await client.query('BEGIN');
      await client.query(`UPDATE sessions SET revoked_at = now(), revoke_reason = 'by-user' WHERE id = $1`, [ending.sessionId]);
      const waiting = Promise.allSettled([refresh(ending)]);
      await refreshAll(others);
      await client.query('COMMIT');
      expect(await waiting).toMatchObject([{ reason: { code: 'refresh_token.invalid' } }]);
    } finally {
      client.release();
    }
  });

  it('pass over accounts that are disabled', async () => {
    const [disabled, ...others] = users as [TestUser, TestUser, TestUser];
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.id]);
    const [refused, ...good] = await Promise.allSettled([disabled, ...others].map(refresh));
    expect(refused).toMatchObject({ reason: { code: 'refresh_token.invalid' } });
    expect(good.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  });
});
