import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secrets } from '../src/config/secrets.js';
import { PASSWORD, freshEmail, signIn, signedIn } from './support/accounts.js';
import { NEW_PASSWORD, wrongCode } from './support/password-reset.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const CONFIRM = '/v1/auth/email/verification/confirm';

describe('the ticket of a registration', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp();
  });
  afterAll(() => app.stop());

  const confirm = (body: object, token?: string): Promise<Answer> => app.post(CONFIRM, body, { token });
  async function registered(fields: object = {}): Promise<{ id: string; email: string; ticket: string; code: string; token: string }> {
    const email = freshEmail();
    const { body } = await app.post('/v1/auth/register', { email, password: PASSWORD, ...fields });
    const { secretCode: code, token } = await app.mailbox.newest(email);
    return { id: body.id, email, ticket: body.registrationTicket, code, token };
  }

  it('confirms with the code, and keeps sessions, password and number', async () => {
    const mobile = '+12125557001';
    const { email, ticket, code } = await registered({ mobile });
    const { accessToken: token } = await signIn(app, email);
    expect((await confirm({ ticket, code })).body).toMatchObject({ email, emailVerified: true, mobile });
    expect((await app.get('/v1/users/me', { token })).status).toBe(200);
    await signIn(app, mobile);
  });

  it('is what a code needs beside it, unless there is a password, a session or a new password', async () => {
    const { email, code } = await registered();
    const stranger = await signedIn(app);
    for (const token of [undefined, stranger.accessToken]) {
      const alone = await confirm({ email, code }, token);
      expect([alone.status, alone.body.code]).toEqual([401, 'auth.proof_required']);
    }
    expect((await confirm({ email, code, password: NEW_PASSWORD })).body.code).toBe('auth.bad_credentials');
    expect((await confirm({ email, code, newPassword: 'short' })).status).toBe(422);
    const { accessToken } = await signIn(app, email);
    expect((await confirm({ email, code }, accessToken)).body.emailVerified).toBe(true);
    expect((await app.get('/v1/users/me', { token: accessToken })).status).toBe(200);

    const taken = await registered();
    const old = await signIn(app, taken.email);
    expect((await confirm({ email: taken.email, code: taken.code, newPassword: NEW_PASSWORD })).body.emailVerified).toBe(true);
    expect((await app.get('/v1/users/me', { token: old.accessToken })).body.code).toBe('token.revoked');
    await signIn(app, taken.email, NEW_PASSWORD);
  });

  it('is of one account and its address, and opens nothing without the code', async () => {
    const [mine, other] = [await registered(), await registered()];
    expect((await confirm({ ticket: mine.ticket, code: wrongCode(mine.code) })).body.code).toBe('challenge.invalid');
    expect((await confirm({ ticket: other.ticket, email: mine.email, code: mine.code })).body.code).toBe('auth.proof_required');
    const forged = `${mine.ticket.slice(0, -2)}${mine.ticket.endsWith('AA') ? 'BB' : 'AA'}`;
    expect((await confirm({ ticket: forged, code: mine.code })).body.code).toBe('challenge.invalid');
    expect((await confirm({ ticket: forged, email: mine.email, code: mine.code })).body.code).toBe('auth.proof_required');
    for (const ticket of ['lkt_', 'x', mine.token]) expect((await confirm({ ticket, code: mine.code })).status).toBe(400);
    for (const ticket of [['a'], null, 7, {}]) expect((await confirm({ ticket, code: mine.code })).status).toBe(422);
    expect((await app.get('/v1/users/me', { token: mine.ticket })).status).toBe(401);
    // The address is another one now, which somebody else may read.
    const moved = freshEmail('moved');
    await app.rows('UPDATE users SET email = $2, email_key = $2 WHERE id = $1', [other.id, moved]);
    await app.post('/v1/auth/email/verification', { email: moved });
    const { secretCode } = await app.mailbox.newest(moved);
    expect((await confirm({ ticket: other.ticket, code: secretCode })).body.code).toBe('auth.proof_required');
    expect((await confirm({ ticket: mine.ticket, code: mine.code })).body.emailVerified).toBe(true);
  });

  it('of the owner, where a stranger was first and nobody is told, takes the account over with a new password', async () => {
    const strict = await sharedApp({ ACCOUNT_PRIVACY: 'strict' });
    try {
      const email = freshEmail();
      await strict.post('/v1/auth/register', { email, password: 'nine stray cats purr' });
      const { body } = await strict.post('/v1/auth/register', { email, password: PASSWORD });
      const { secretCode: code } = await strict.mailbox.newest(email);
      const { registrationTicket: ticket } = body;
      expect((await strict.post(CONFIRM, { ticket, code })).body.code).toBe('auth.proof_required');
      expect((await strict.post(CONFIRM, { ticket, code, newPassword: NEW_PASSWORD })).body).toMatchObject({ email, emailVerified: true });
      await signIn(strict, email, NEW_PASSWORD);
    } finally {
      await strict.stop();
    }
  });

  it('of the version before is good, too', async () => {
    const { ticket, email, code, id } = await registered();
    const secrets = app.nest.get(Secrets);
    const head = Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), Buffer.from(secrets.currentId, 'base64url'), Buffer.alloc(5)]);
    head.writeUIntBE(Math.floor(Date.now() / 1_000) + 600, 22, 5);
    const former = (address: string): string =>
      `lkt_${Buffer.concat([head, secrets.mac('registration-tickets', Buffer.concat([head, Buffer.from(address)])).subarray(0, 27)]).toString('base64url')}`;
    expect(former(email)).not.toBe(ticket);
    expect((await confirm({ ticket: former('x@example.com'), code })).body.code).toBe('auth.proof_required');
    expect((await confirm({ ticket: former(email), code })).body).toMatchObject({ id, emailVerified: true });
  });

  it('says the same to everybody of a server that tells nobody who is registered', async () => {
    const strict = await sharedApp({ ACCOUNT_PRIVACY: 'strict' });
    try {
      const email = freshEmail();
      const register = () => strict.post('/v1/auth/register', { email, password: PASSWORD });
      const [first, second] = [await register(), await register()];
      for (const { status, body } of [first, second]) {
        expect(status).toBe(202);
        expect(body).toEqual({ registrationTicket: expect.stringMatching(/^lkt_[\w-]{96}$/) });
      }
      const { secretCode: code } = await strict.mailbox.newest(email);
      // What the code alone would be answered: it is right, and the reader of the mail can choose a new password.
      const late = { ticket: second.body.registrationTicket };
      for (const by of [late, { email }]) expect((await strict.post(CONFIRM, { ...by, code })).body.code).toBe('auth.proof_required');
      for (const by of [late, { email }])
        expect((await strict.post(CONFIRM, { ...by, code: wrongCode(code) })).body.code).toBe('challenge.invalid');
      expect((await strict.post(CONFIRM, { ticket: first.body.registrationTicket, code })).body.emailVerified).toBe(true);
      // The address is proven now, and its owner gets no code.
      const [known, unknown] = [await register(), await strict.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD })];
      const answers = await Promise.all(
        [known, unknown].map(({ body }) => strict.post(CONFIRM, { ticket: body.registrationTicket, code: '00000000' })),
      );
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(2).fill([400, 'challenge.invalid']));
    } finally {
      await strict.stop();
    }
  });
});
