import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/common/ids.js';
import { DatabaseService } from '../src/database/database.service.js';
import type { Account } from '../src/users/account.js';
import { UsersService } from '../src/users/users.service.js';
import { PASSWORD, type TestUser, freshEmail, signedIn } from './support/accounts.js';
import { signedInAdmin } from './support/administrators.js';
import { type TestApp, sharedApp } from './support/start-app.js';
import { statementsOf } from './support/statements.js';

/** Round trips to the database are what a request costs most; these numbers may fall, and rise only with a reason. */
describe('statements per request', () => {
  let app: TestApp;
  let user: TestUser;
  beforeAll(async () => {
    app = await sharedApp({ OAUTH_CLIENTS: 'books:secret' });
    user = await signedIn(app);
  });
  afterAll(() => app.stop());

  it('one for who am I', async () => {
    for (let i = 0; i < 2; i += 1) {
      expect(await statementsOf(() => app.get('/v1/users/me', { token: user.accessToken }))).toEqual([expect.stringMatching(/^SELECT/)]);
    }
  });

  it('one for all accounts that are read in one turn, apart from the transaction of whoever asks first', async () => {
    const users = app.nest.get(UsersService);
    const database = app.nest.get(DatabaseService);
    const other = await signedIn(app);
    const ids = [user.id, other.id.toUpperCase(), newId(), 'none'];
    let found: (Account | null)[] = [];
    const statements = await statementsOf(async () => {
      found = await Promise.all(ids.map((id) => users.findById(id)));
    });
    expect(statements).toEqual([expect.stringMatching(/^SELECT/)]);
    expect(found.map((account) => account?.id)).toEqual([user.id, other.id, undefined, undefined]);

    await database.transaction(async () => {
      await database.query('UPDATE users SET first_name = $2 WHERE id = $1', [user.id, 'Rosa']);
      // In the transaction an account is as the transaction left it; work that is for others, too, sees what is committed.
      expect((await users.findById(user.id))?.firstName).toBe('Rosa');
      expect((await database.apart(() => users.findById(user.id)))?.firstName).toBeNull();
    });
    expect((await users.findById(user.id))?.firstName).toBe('Rosa');
  });

  it('none for checking an access token, seen before or not', async () => {
    const { accessToken } = await signedIn(app);
    for (let i = 0; i < 2; i += 1) expect(await statementsOf(() => app.get('/v1/auth/verify', { token: accessToken }))).toEqual([]);
  });

  it('none for refusing a forged access token', async () => {
    const [header, payload, signature = ''] = user.accessToken.split('.');
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect(await statementsOf(() => app.get('/v1/auth/verify', { token: forged }))).toEqual([]);
  });

  it('one for a refresh, one more for the account, none for a forged refresh token', async () => {
    const { refreshToken } = await signedIn(app);
    expect(await statementsOf(() => app.post('/v1/auth/refresh', { refreshToken }))).toEqual([expect.stringMatching(/^UPDATE sessions/)]);
    const next = await signedIn(app);
    expect(await statementsOf(() => app.post('/v1/auth/refresh', { refreshToken: next.refreshToken, withUser: true }))).toHaveLength(2);
    expect(await statementsOf(() => app.post('/v1/auth/refresh', { refreshToken: `lkr_${'A'.repeat(78)}` }))).toEqual([]);
  });

  it('one for the list of sessions', async () => {
    expect(await statementsOf(() => app.get('/v1/users/me/sessions', { token: user.accessToken }))).toHaveLength(1);
  });

  it('one for a page of accounts', async () => {
    const admin = await signedInAdmin(app);
    const first = await app.get('/v1/users?limit=1', { token: admin.accessToken });
    for (const query of ['', 'limit=1', `limit=1&cursor=${first.body.nextCursor}`]) {
      expect(await statementsOf(() => app.get(`/v1/users?${query}`, { token: admin.accessToken }))).toHaveLength(1);
    }
  });

  it('one for an introspection', async () => {
    const authorization = `Basic ${Buffer.from('books:secret').toString('base64')}`;
    const introspect = (token: string) =>
      app.call('POST', '/oauth/introspect', {
        payload: new URLSearchParams({ token }).toString(),
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect(await statementsOf(() => introspect(user.accessToken))).toHaveLength(1);
    expect(await statementsOf(() => introspect(user.refreshToken))).toHaveLength(1);
    expect(await statementsOf(() => introspect('garbage'))).toHaveLength(0);
  });

  it('a fixed number for a sign-in, however many sessions there are', async () => {
    const count = () => statementsOf(() => app.post('/v1/auth/login', { identifier: user.email, password: user.password }));
    const first = await count();
    for (let i = 0; i < 5; i += 1) await count();
    expect(await count()).toEqual(first);
    expect(first).toContainEqual(expect.stringContaining('INSERT INTO sessions'));
    // Credentials; session, time of sign-in and audit in one.
    expect(first.length).toBeLessThanOrEqual(2);
  });

  it('one for a sign-up, with its code, its mail and its event, and a look for a code that a deleted account left', async () => {
    for (let i = 0; i < 2; i += 1) {
      const statements = await statementsOf(() => app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD }));
      expect(statements).toEqual([
        expect.stringMatching(
          /INSERT INTO users.*demand_nothing_left.*INSERT INTO challenges.*INSERT INTO mails.*INSERT INTO audit_events/,
        ),
      ]);
    }
  });
});
