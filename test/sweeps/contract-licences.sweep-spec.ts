import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT_SLUGS, type ContractSlug } from '../../src/contracts/shared/contract-slugs.js';
import { PASSWORD, freshEmail, register, signIn } from '../support/accounts.js';
import { CONTRACT_LOGINS, loginFields } from '../support/contract-logins.js';
import { ContractClient, startContracts } from '../support/contracts.js';
import type { Answer, TestApp } from '../support/start-app.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  APP_SECRET: 'gYtE2vQ8xLr5nKpZ3wMbH7cJ1dF6sA9uTq4R0iVyXoWk',
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_WORKER: 'off',
  CONTRACTS: 'all',
  RATE_LIMIT: 'on',
  LIMIT_REGISTER: '1000/3600',
  LIMIT_SIGN_IN_NETWORK: '10000/900',
  LIMIT_AVAILABILITY: '1000/60',
  LIMIT_MAIL_REQUEST: '1000/3600',
  // Administrators with a password alone: what a second factor keeps from contracts is told elsewhere.
  MFA: 'optional',
  ADMIN_REQUIRES: 'aal1',
};

interface Owner {
  id: string;
  username: string;
  email: string;
  password: string;
}

/** A change of a credential that a contract's document allows without the password. */
interface Change {
  slug: ContractSlug;
  method: 'PATCH' | 'PUT' | 'DELETE';
  path: (of: Owner) => string;
  fields: (of: Owner) => Record<string, unknown>;
  refusal: string;
}

let serial = 0;
const next = (): number => (serial += 1);

const failedToUpdate = '400 {"data":[],"message":"Failed update user. Wrong password."}';
const invalidCredentials = '401 {"message":"Invalid credentials!"}';
const unauthorized = '401 {"message":"ACCESS UNAUTHORIZED","status":401}';

const CHANGES = {
  'PATCH /contracts/entity-user/user, the address': {
    slug: 'entity-user',
    method: 'PATCH',
    path: () => '/user',
    fields: () => ({ email: freshEmail('attacker') }),
    refusal: failedToUpdate,
  },
  'PATCH /contracts/entity-user/user, the username': {
    slug: 'entity-user',
    method: 'PATCH',
    path: () => '/user',
    fields: () => ({ username: `attacker.${next()}` }),
    refusal: failedToUpdate,
  },
  'DELETE /contracts/entity-user/users': {
    slug: 'entity-user',
    method: 'DELETE',
    path: () => '/users',
    fields: () => ({}),
    refusal: '400 {"data":[],"message":"Failed delete user. Wrong password."}',
  },
  'PATCH /contracts/user-auth/user/:uuid, the address': {
    slug: 'user-auth',
    method: 'PATCH',
    path: ({ id }) => `/user/${id}`,
    fields: () => ({ email: freshEmail('attacker') }),
    refusal: invalidCredentials,
  },
  'PATCH /contracts/user-auth/user/:uuid, the number': {
    slug: 'user-auth',
    method: 'PATCH',
    path: ({ id }) => `/user/${id}`,
    fields: () => ({ mobile: `+1202555${1_000 + next()}` }),
    refusal: invalidCredentials,
  },
  'PATCH /contracts/user-auth/user/:uuid, the username': {
    slug: 'user-auth',
    method: 'PATCH',
    path: ({ id }) => `/user/${id}`,
    fields: () => ({ username: `attacker.${next()}` }),
    refusal: invalidCredentials,
  },
  'DELETE /contracts/user-auth/user/:uuid': {
    slug: 'user-auth',
    method: 'DELETE',
    path: ({ id }) => `/user/${id}`,
    fields: () => ({}),
    refusal: invalidCredentials,
  },
  'PUT /contracts/test-library/users/changeUsername': {
    slug: 'test-library',
    method: 'PUT',
    path: () => '/users/changeUsername',
    fields: ({ username }) => ({ current_username: username, new_username: `attacker.${next()}` }),
    refusal: unauthorized,
  },
  'DELETE /contracts/test-library/users/deleteUser': {
    slug: 'test-library',
    method: 'DELETE',
    path: () => '/users/deleteUser',
    fields: () => ({}),
    refusal: unauthorized,
  },
} satisfies Record<string, Change>;

describe.each(['true', 'false'])('in production, with CONTRACTS_OPEN=%s', (open) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startContracts({ ...PRODUCTION, CONTRACTS_OPEN: open });
    await owner({ roles: ['admin', 'user'] });
  });
  afterAll(() => app.stop());

  /** An account that can sign in everywhere, made by the core's own API. */
  async function owner({ roles = ['user'] }: { roles?: string[] } = {}): Promise<Owner> {
    const username = `owner.${next()}`;
    const account = await register(app, { username });
    await app.rows('UPDATE users SET email_verified_at = now(), activated_at = now(), roles = $2 WHERE id = $1', [account.id, roles]);
    return { ...account, username };
  }

  async function tokenOf(slug: ContractSlug, of: Owner): Promise<string> {
    const { path, tokenIn } = CONTRACT_LOGINS[slug];
    const { status, body, text } = await new ContractClient(app, slug).send('POST', path, loginFields(slug, of, of.password));
    if (status !== 200) throw new Error(`login: ${status} ${text}`);
    return tokenIn(body);
  }

  const ask = ({ slug, method, path, fields }: Change, of: Owner, token: string, more: object = {}): Promise<Answer> =>
    new ContractClient(app, slug).send(
      method,
      path(of),
      { ...fields(of), ...more },
      { headers: { authorization: `Bearer ${token}`, access_token: token } },
    );

  const stored = ({ id }: Owner) => app.rows('SELECT username, email, email_verified_at, mobile FROM users WHERE id = $1', [id]);
  const said = ({ status, text }: Answer) => `${status} ${text}`;

  it('a stolen /v1 access token takes no account over: PATCH {"email": the attacker’s}, the code, forgot, reset', async () => {
    const victim = await owner();
    const { accessToken: stolen } = await signIn(app, victim.email);
    const entity = new ContractClient(app, 'entity-user');
    const attacker = freshEmail('attacker');

    expect(said(await entity.send('PATCH', '/user', { email: attacker }, { token: stolen }))).toBe(failedToUpdate);
    // No code goes to the attacker's mailbox, and a reset goes to the owner's.
    const mails = (address: string) => app.rows('SELECT purpose FROM challenges WHERE address = $1 AND consumed_at IS NULL', [address]);
    expect(await mails(attacker)).toEqual([]);
    for (const identifier of [attacker, victim.username]) await app.post('/v1/auth/password/forgot', { identifier });
    expect(await mails(attacker)).toEqual([]);
    expect(await mails(victim.email)).toContainEqual({ purpose: 'reset-password' });

    expect(said(await entity.send('DELETE', '/users', undefined, { token: stolen }))).toContain('Failed delete user. Wrong password.');
    expect(await stored(victim)).toMatchObject([{ email: victim.email }]);
    await signIn(app, victim.email);
  });

  describe.each(Object.entries<Change>(CHANGES))('%s', (_name, change) => {
    it('is refused, in the contract’s words, to sessions that the contract did not open', async () => {
      const of = await owner();
      const before = await stored(of);
      const others = CONTRACT_SLUGS.filter((slug) => slug !== change.slug);
      const tokens = [(await signIn(app, of.email)).accessToken, ...(await Promise.all(others.map((slug) => tokenOf(slug, of))))];
      for (const token of tokens) expect(said(await ask(change, of, token))).toBe(change.refusal);
      for (const password of ['four bright birds sang', 7, '']) {
        expect(said(await ask(change, of, String(tokens[0]), { password }))).toBe(change.refusal);
      }
      expect(await stored(of)).toEqual(before);
      expect((await ask(change, of, String(tokens[0]), { password: PASSWORD })).status).toBe(200);
      expect(await stored(of)).not.toEqual(before);
    });

    it('needs no password in a session that the contract opened', async () => {
      const of = await owner();
      const before = await stored(of);
      expect((await ask(change, of, await tokenOf(change.slug, of), { password: ['no', 'password'] })).status).toBe(200);
      expect(await stored(of)).not.toEqual(before);
    });

    it('needs the password in every session of an account with an elevated role', async () => {
      const of = await owner({ roles: ['admin', 'user'] });
      const before = await stored(of);
      const own = await tokenOf(change.slug, of);
      for (const token of [own, (await signIn(app, of.email)).accessToken]) {
        expect(said(await ask(change, of, token))).toBe(change.refusal);
      }
      expect(await stored(of)).toEqual(before);
      expect((await ask(change, of, own, { password: PASSWORD })).status).toBe(200);
    });

    it('needs no password of a librarian', async () => {
      const of = await owner({ roles: ['librarian', 'user'] });
      expect((await ask(change, of, await tokenOf(change.slug, of))).status).toBe(200);
    });
  });

  it('no wrong password is tried oftener through a contract than at sign-in', async () => {
    const of = await owner();
    const { accessToken: token } = await signIn(app, of.email);
    const change = CHANGES['DELETE /contracts/entity-user/users'];
    const tries = Array.from({ length: 50 }, (_, i) => ask(change, of, token, { password: `guess ${i}` }));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 429)).toHaveLength(5);
    // The account's own counter refuses as wrong credentials, the right password too.
    expect((await app.post('/v1/auth/login', { identifier: of.email, password: PASSWORD })).status).toBe(401);
  });

  it('an administrator changes and deletes others in user-auth by a password of their own, and not by the token alone', async () => {
    const admin = await owner({ roles: ['admin', 'user'] });
    const { accessToken: token } = await signIn(app, admin.email);
    for (const name of ['PATCH /contracts/user-auth/user/:uuid, the address', 'DELETE /contracts/user-auth/user/:uuid'] as const) {
      const change = CHANGES[name];
      for (const roles of [['user'], ['admin', 'user']]) {
        const of = await owner({ roles });
        expect(said(await ask(change, of, token))).toBe(invalidCredentials);
        expect(said(await ask(change, of, token, { password: 'four bright birds sang' }))).toBe(invalidCredentials);
        expect((await ask(change, of, token, { password: PASSWORD })).status).toBe(200);
      }
    }
  });

  it('a session that a contract opened carries no elevated role, however its access tokens are made', async () => {
    const admin = await owner({ roles: ['admin', 'librarian', 'user'] });
    const claims = (token: string) => JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());
    const isRefused = async (token: string) => {
      expect(claims(token)).toMatchObject({ roles: ['librarian', 'user'], role: 'librarian' });
      expect((await app.get('/v1/users', { token })).body.code).toBe('access.forbidden');
      expect((await app.get(`/v1/users/${admin.id}`, { token })).body.code).toBe('access.forbidden');
    };
    for (const slug of CONTRACT_SLUGS) await isRefused(await tokenOf(slug, admin));

    const spec = new ContractClient(app, 'user-spec');
    const { data } = (await spec.send('POST', '/users/login', { username: admin.email, password: PASSWORD })).body;
    await isRefused((await spec.send('POST', '/users/refresh-token', {}, { token: data.refresh_token })).body.data.access_token);
    await isRefused((await app.post('/v1/auth/refresh', { refreshToken: data.refresh_token })).body.accessToken);
    // Nor where a contract asks for an administrator itself.
    const list = await new ContractClient(app, 'user-auth').get('/user', { token: data.access_token });
    expect(list.status).toBe(open === 'false' ? 401 : 200);
    const { accessToken } = await signIn(app, admin.email);
    expect(claims(accessToken)).toMatchObject({ roles: ['admin', 'librarian', 'user'], role: 'admin' });
    expect((await app.get('/v1/users', { token: accessToken })).status).toBe(200);
  });
});
