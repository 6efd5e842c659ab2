import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordReplacement } from '../../src/auth/passwords/password-replacement.service.js';
import { NewPasswords } from '../../src/auth/passwords/new-passwords.service.js';
import { PASSWORD, freshEmail, register, signIn } from '../support/accounts.js';
import { ContractClient, startContracts } from '../support/contracts.js';
import type { ReceivedMail } from '../support/mailbox.js';
import type { Answer, TestApp } from '../support/start-app.js';
import { LibraryClient } from '../support/test-library.js';

const GOOD = 'seven quiet owls listen';

interface Account {
  id: string;
  email: string;
}

let app: TestApp;
beforeAll(async () => {
  app = await startContracts();
});
afterAll(() => app.stop());

async function account(roles: string[]): Promise<Account & { last: ReceivedMail }> {
  const { id, email } = await register(app, { email: freshEmail('elevated') });
  await app.rows('UPDATE users SET roles = $2, activated_at = now(), email_verified_at = now() WHERE id = $1', [id, roles]);
  return { id, email, last: await app.mailbox.newest(email) };
}

/** Every way in which a contract sets a new password. */
const DOORS: Record<string, (of: Account & { last: ReceivedMail }) => Promise<(password: string) => Promise<Answer>>> = {
  'user-spec, the reset link': async ({ email, last }) => {
    const api = new ContractClient(app, 'user-spec');
    await api.send('POST', '/users/reset-password', { username: email });
    const { token } = await app.mailbox.newest(email, last);
    return (password) => api.send('PUT', '/users/reset-password/update-password', { password }, { token });
  },
  'sadhelx, the reset code': async ({ email, last }) => {
    const api = new ContractClient(app, 'sadhelx');
    await api.send('POST', '/get-password-reset-code', { identity: email });
    const { secretCode: code } = await app.mailbox.newest(email, last);
    return (password) => api.send('PUT', '/reset-password', { identity: email, code, password, password_re: password });
  },
  'test-library, the granted reset': async ({ email }) => {
    const api = new LibraryClient(app);
    const { token, mail } = await api.askForReset(email);
    return (password) => api.reset(token, mail.secretCode, password);
  },
  'entity-user, the change': async ({ email }) => {
    const { accessToken: token } = await signIn(app, email);
    const fields = (password: string) => ({ old_password: PASSWORD, new_password: password });
    return (password) => new ContractClient(app, 'entity-user').send('PATCH', '/users', fields(password), { token });
  },
  'user-auth, the change': async ({ id, email }) => {
    const { accessToken: token } = await signIn(app, email);
    const fields = (password: string) => ({ old_password: PASSWORD, new_password: password });
    return (password) => new ContractClient(app, 'user-auth').send('POST', `/user/change-password/${id}`, fields(password), { token });
  },
};

describe.each(Object.entries(DOORS))('a new password through %s', (_name, open) => {
  it('keeps the core’s policy for an administrator, in the contract’s words, and a refusal uses up nothing', async () => {
    const admin = await account(['admin', 'user']);
    const set = await open(admin);
    for (const weak of ['123456', 'fourteen chars', 'password123456789', 'perasperaadastra']) {
      const { status, text } = await set(weak);
      expect([weak, status]).toEqual([weak, 400]);
      expect(text).not.toMatch(/at least 6|latchkey:problem/);
    }
    await signIn(app, admin.email);
    expect((await set(GOOD)).status).toBe(200);
    await signIn(app, admin.email, GOOD);
  });

  it('keeps it as soon as the role is granted, even between asking and setting', async () => {
    const later = await account(['user']);
    const set = await open(later);
    await app.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [later.id]);
    expect((await set('123456')).status).toBe(400);
    await signIn(app, later.email);
  });

  it('needs six characters of everybody else', async () => {
    for (const roles of [['user'], ['librarian', 'user']]) {
      const ordinary = await account(roles);
      const set = await open(ordinary);
      expect((await set('12345')).status).toBe(400);
      expect((await set('123456')).status).toBe(200);
      await signIn(app, ordinary.email, '123456');
    }
  });
});

it('a password that was checked by the weaker policy is not stored once the account has an elevated role', async () => {
  const { hash } = await app.nest.get(NewPasswords).hash('123456', { roles: ['user'] }, { policy: 'legacy' }, {} as never);
  const change = { account: { id: crypto.randomUUID(), roles: ['admin', 'user'] } } as never;
  const replaced = app.nest.get(PasswordReplacement).replace(change, {} as never, { hash, policy: 'legacy' }, {} as never);
  await expect(replaced).rejects.toMatchObject({ code: 'server.unavailable' });
});
