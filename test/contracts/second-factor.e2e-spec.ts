import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT_SLUGS, type ContractSlug } from '../../src/contracts/shared/contract-slugs.js';
import { PASSWORD, freshEmail, register } from '../support/accounts.js';
import { CREDENTIAL_OPERATIONS } from '../support/contract-credentials.js';
import { CONTRACT_LOGINS, loginFields } from '../support/contract-logins.js';
import { ContractClient, startContracts } from '../support/contracts.js';
import { atLevel } from '../support/factors.js';
import { plantTotp } from '../support/second-factor.js';
import type { Answer, TestApp } from '../support/start-app.js';

const NEW_PASSWORD = 'seven calm rivers run';

interface Owner {
  id: string;
  username: string;
  email: string;
}

const SENTENCE = 'This account also needs its second factor.';

/** The nearest documented answer; the documents have no field for a factor. */
const REFUSED: Record<ContractSlug, string> = {
  'test-library': '401 {"message":"ACCESS UNAUTHORIZED","status":401}',
  'entity-user': `400 {"data":[],"message":"Failed login. ${SENTENCE}"}`,
  sadhelx: `401 {"status":false,"msg":"${SENTENCE}"}`,
  'user-auth': `400 {"message":"${SENTENCE}"}`,
  'user-spec': `400 {"status":400,"message":"${SENTENCE}","data":null,"refrence":null,"error":true}`,
};

interface Change {
  method: 'PATCH' | 'PUT' | 'POST' | 'DELETE';
  path: (of: Owner) => string;
  fields: (of: Owner) => Record<string, unknown>;
}

/** Every operation of a contract by which a session changes or removes a credential. */
const CHANGES: Partial<Record<ContractSlug, Record<string, Change>>> = {
  'test-library': {
    'the username': {
      method: 'PUT',
      path: () => '/users/changeUsername',
      fields: ({ username }) => ({ current_username: username, new_username: `${username}.x` }),
    },
    'the account': { method: 'DELETE', path: () => '/users/deleteUser', fields: () => ({}) },
  },
  'entity-user': {
    'the username': { method: 'PATCH', path: () => '/user', fields: ({ username }) => ({ username: `${username}.x` }) },
    'the address': { method: 'PATCH', path: () => '/user', fields: () => ({ email: freshEmail('attacker') }) },
    'the password': {
      method: 'PATCH',
      path: () => '/users',
      fields: () => ({ old_password: PASSWORD, new_password: NEW_PASSWORD }),
    },
    'the account': { method: 'DELETE', path: () => '/users', fields: () => ({}) },
  },
  'user-auth': {
    'the username': { method: 'PATCH', path: ({ id }) => `/user/${id}`, fields: ({ username }) => ({ username: `${username}.x` }) },
    'the number': { method: 'PATCH', path: ({ id }) => `/user/${id}`, fields: () => ({ mobile: '+12025550143' }) },
    'the password': {
      method: 'POST',
      path: ({ id }) => `/user/change-password/${id}`,
      fields: () => ({ old_password: PASSWORD, new_password: NEW_PASSWORD }),
    },
    'the account': { method: 'DELETE', path: ({ id }) => `/user/${id}`, fields: () => ({}) },
  },
};

let serial = 0;

let app: TestApp;
beforeAll(async () => {
  app = await startContracts();
});
afterAll(() => app.stop());

/** An account that every contract signs in. */
async function owner(to: TestApp = app): Promise<Owner> {
  serial += 1;
  const username = `owner.${serial}.${process.pid}`;
  const { id, email } = await register(to, { username });
  await to.rows('UPDATE users SET email_verified_at = now(), activated_at = now() WHERE id = $1', [id]);
  return { id, email, username };
}

const inWords = ({ status, text }: Answer): string => `${status} ${text}`;

describe.each(CONTRACT_SLUGS)('the contract %s, to an account with a second factor,', (slug) => {
  const { path, tokenIn: token } = CONTRACT_LOGINS[slug];
  const refused = REFUSED[slug];
  const api = (to: TestApp = app): ContractClient => new ContractClient(to, slug);
  const login = (of: Owner, password = PASSWORD, to: TestApp = app): Promise<Answer> =>
    api(to).send('POST', path, loginFields(slug, of, password));

  it('refuses to sign in where it is required, after the right password, and opens no session', async () => {
    const of = await owner();
    const before = await login(of);
    expect(before.status).toBeLessThan(300);
    const wrongWithout = inWords(await login(of, 'not the password of it'));
    await plantTotp(app, of.id);
    await app.rows('DELETE FROM sessions WHERE user_id = $1', [of.id]);
    expect(inWords(await login(of))).toBe(refused);
    // A wrong password tells nothing of the factor.
    expect(inWords(await login(of, 'not the password of it'))).toBe(wrongWithout);
    expect(await app.rows('SELECT id FROM sessions WHERE user_id = $1', [of.id])).toEqual([]);
    expect(
      await app.rows(
        `SELECT details->>'reason' AS reason FROM audit_events WHERE subject_id = $1 AND action = 'session.opened' AND outcome = 'failure'`,
        [of.id],
      ),
    ).toEqual([{ reason: 'auth.second_factor_required' }]);
  });

  it('signs in where there is only a passkey', async () => {
    const of = await owner();
    await app.rows(`UPDATE users SET factors = '{passkey}' WHERE id = $1`, [of.id]);
    expect((await login(of)).status).toBeLessThan(300);
  });

  for (const [what, change] of Object.entries(CHANGES[slug] ?? {})) {
    it(`does not change ${what} of it, with the password or without`, async () => {
      const of = await owner();
      const session = token((await login(of)).body);
      // Set up afterwards, so that the session is there already; no second factor is required of it.
      await app.rows(`UPDATE users SET factors = '{passkey}' WHERE id = $1`, [of.id]);
      const columns = 'SELECT username, email, mobile, session_epoch FROM users WHERE id = $1';
      const row = await app.rows(columns, [of.id]);
      const headers = slug === 'test-library' ? { headers: { access_token: session } } : { token: session };
      for (const password of [undefined, PASSWORD]) {
        const answer = await api().send(change.method, change.path(of), { ...change.fields(of), password }, headers);
        expect([what, answer.status >= 400 && answer.status < 500]).toEqual([what, true]);
        expect(answer.text).not.toContain('urn:latchkey');
        expect(await app.rows(columns, [of.id])).toEqual(row);
      }
      expect((await app.post('/v1/auth/login', { identifier: of.email, password: PASSWORD })).status).toBe(200);
      await app.rows(`UPDATE users SET factors = '{}' WHERE id = $1`, [of.id]);
      expect((await api().send(change.method, change.path(of), { ...change.fields(of), password: PASSWORD }, headers)).status).toBeLessThan(
        300,
      );
    });
  }
});

describe('the table above', () => {
  it('has every operation of a contract that comes to the gate', () => {
    const at = { id: '{uuid}', username: '', email: '' };
    const tried = Object.entries(CHANGES).flatMap(([slug, changes]) =>
      Object.values(changes).map(({ method, path }) => `${method} /contracts/${slug}${path(at)}`),
    );
    expect([...new Set(tried)].toSorted()).toEqual([...CREDENTIAL_OPERATIONS].toSorted());
  });
});

describe('resets of the contracts, of an account that requires a second factor,', () => {
  const mailFor = async (email: string, ask: () => Promise<Answer>) => {
    const before = await app.mailbox.newest(email);
    const answer = await ask();
    return { answer, mail: await app.mailbox.newest(email, before) };
  };
  const expectUnchanged = async (of: Owner, token: string): Promise<void> => {
    expect(await app.rows(`SELECT action FROM audit_events WHERE subject_id = $1 AND action = 'password.reset'`, [of.id])).toEqual([]);
    // The link of the same mail is good on the page, with the factor.
    expect((await app.get(`/account/reset-password?token=${token}`)).text).toContain('name="factor"');
  };

  it('are refused in test-library', async () => {
    const of = await owner();
    await plantTotp(app, of.id);
    const api = new ContractClient(app, 'test-library');
    const { answer, mail } = await mailFor(of.email, () => api.send('POST', '/users/requestResetPassword', { your_email: of.email }));
    const refused = await api.send(
      'PUT',
      '/users/reset_password',
      { OTP: mail.secretCode, new_password: NEW_PASSWORD, confirm_new_password: NEW_PASSWORD },
      { headers: { access_token: answer.body.access_token } },
    );
    expect(inWords(refused)).toBe('401 {"message":"ACCESS UNAUTHORIZED","status":401}');
    await expectUnchanged(of, mail.token);
  });

  it('are refused in sadhelx, by code and by what checking it answers', async () => {
    const of = await owner();
    await plantTotp(app, of.id);
    const api = new ContractClient(app, 'sadhelx');
    const { mail } = await mailFor(of.email, () => api.send('POST', '/get-password-reset-code', { identity: of.email }));
    const checked = await api.send('POST', '/verify/password-reset', { identity: of.email, code: mail.secretCode });
    for (const code of [mail.secretCode, checked.body.data.code]) {
      const refused = await api.send('PUT', '/reset-password', {
        identity: of.email,
        code,
        password: NEW_PASSWORD,
        password_re: NEW_PASSWORD,
        passwordRe: NEW_PASSWORD,
      });
      expect(inWords(refused)).toBe(`401 {"status":false,"msg":"${SENTENCE}"}`);
    }
    await expectUnchanged(of, mail.token);
  });

  it('are refused in user-spec', async () => {
    const of = await owner();
    await plantTotp(app, of.id);
    const api = new ContractClient(app, 'user-spec');
    const { mail } = await mailFor(of.email, () => api.send('POST', '/users/reset-password', { username: of.email }));
    const refused = await api.send('PUT', '/users/reset-password/update-password', { password: NEW_PASSWORD }, { token: mail.token });
    expect(inWords(refused)).toBe(`400 {"status":400,"message":"${SENTENCE}","data":null,"refrence":null,"error":true}`);
    await expectUnchanged(of, mail.token);
  });

  it('are refused even after the wait, of which they know nothing', async () => {
    const of = await owner();
    await plantTotp(app, of.id);
    await app.rows(
      `INSERT INTO factor_waivers (id, user_id, asked_at, due_at, ends_at)
       VALUES (gen_random_uuid(), $1, now() - interval '1 day', now() - interval '1 minute', now() + interval '1 day')`,
      [of.id],
    );
    const api = new ContractClient(app, 'user-spec');
    const { mail } = await mailFor(of.email, () => api.send('POST', '/users/reset-password', { username: of.email }));
    expect((await api.send('PUT', '/users/reset-password/update-password', { password: NEW_PASSWORD }, { token: mail.token })).status).toBe(
      400,
    );
  });
});

describe('administration through a contract', () => {
  it('takes the level that administration takes', async () => {
    const strict = await startContracts({ ADMIN_REQUIRES: 'aal2', CONTRACTS_OPEN: 'false' });
    try {
      const admin = await owner(strict);
      const victim = await owner(strict);
      await strict.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [admin.id]);
      const session = (await strict.post('/v1/auth/login', { identifier: admin.email, password: PASSWORD })).body;
      const { accessToken } = session;
      const api = new ContractClient(strict, 'user-auth');
      const read = await api.get(`/user/${victim.id}`, { token: accessToken });
      const edit = await api.send('PATCH', `/user/${victim.id}`, { username: 'taken.over', password: PASSWORD }, { token: accessToken });
      const gone = await api.send('DELETE', `/user/${victim.id}`, { password: PASSWORD }, { token: accessToken });
      // What a recovery code lends is for putting factors right.
      const recovered = await atLevel(strict, session, `aal = 2, recovered_until = now() + interval '10 minutes'`);
      const lent = await api.get(`/user/${victim.id}`, { token: recovered.accessToken });
      for (const answer of [read, edit, gone, lent]) expect(inWords(answer)).toBe('401 {"message":"Unauthorized access!"}');
    } finally {
      await strict.stop();
    }
  });
});

describe('an account that has to set up a second factor first', () => {
  it.each(CONTRACT_SLUGS)('is not signed in by %s', async (slug) => {
    const of = await owner();
    await app.rows('UPDATE users SET mfa_required_at = now() WHERE id = $1', [of.id]);
    const { path } = CONTRACT_LOGINS[slug];
    const answer = await new ContractClient(app, slug).send('POST', path, loginFields(slug, of, PASSWORD));
    expect([answer.status >= 400 && answer.status < 500, answer.text.includes('token')]).toEqual([true, false]);
    expect(await app.rows('SELECT id FROM sessions WHERE user_id = $1', [of.id])).toEqual([]);
  });
});
