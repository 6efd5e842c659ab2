import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, register, signIn, signedIn } from '../support/accounts.js';
import { CALLERS, type CallerKind, Callers, refusalOf } from '../support/callers.js';
import { type Operation, documentOf, exampleBody, fill, operationsOf } from '../support/operations.js';
import { type Answer, type TestApp, sharedApp, startApp } from '../support/start-app.js';

/** Refusals that are about who asks, not about what is asked. */
const REFUSALS = ['access.unauthenticated', 'access.forbidden', 'token.invalid', 'token.expired', 'token.revoked'];

describe('every operation of the OpenAPI document lets in whom it says', () => {
  let app: TestApp;
  let operations: Operation[];
  // eslint-disable-next-line typescript/no-explicit-any -- an OpenAPI document
  let document: any;
  let callers: Callers;
  beforeAll(async () => {
    app = await sharedApp();
    document = await documentOf(app);
    operations = await operationsOf(app);
    callers = new Callers(app);
  });
  afterAll(() => app.stop());

  async function ask(operation: Operation, caller: CallerKind): Promise<Answer> {
    const { id, token } = await callers.get(caller);
    const url = fill(operation.path, id ?? (await callers.victim()));
    return app.call(operation.method, url, { token, body: exampleBody(document, operation) });
  }

  it.each(CALLERS)('%s', async (caller) => {
    const wrong: string[] = [];
    for (const operation of operations) {
      const name = `${operation.method} ${operation.path}`;
      const { status, body } = await ask(operation, caller);
      // Routes of contracts have their own forms of refusal, and tests.
      const expected = operation.access?.kind === 'open' ? 'access.forbidden' : refusalOf(operation.access, caller);
      const said = REFUSALS.includes(body?.code) ? body.code : undefined;
      if (said !== expected) wrong.push(`${name}: ${said ?? status}, not ${expected ?? 'let in'}`);
      if (status >= 500) wrong.push(`${name}: ${status}`);
      if (operation.spec.responses[status] === undefined) wrong.push(`${name}: ${status} is not documented`);
    }
    expect(wrong).toEqual([]);
  });

  it('shows somebody else’s things to nobody', async () => {
    const wrong: string[] = [];
    for (const operation of operations.filter(({ path, access }) => path.includes('{') && access?.kind === 'signed-in')) {
      const { status } = await ask(operation, 'other');
      if (![403, 404].includes(status)) wrong.push(`${operation.method} ${operation.path}: ${status}`);
    }
    expect(wrong).toEqual([]);
  });

  it('never mixes up callers who ask at the same time', async () => {
    const users = await Promise.all(Array.from({ length: 12 }, () => signedIn(app)));
    const asked = users.flatMap(({ id, accessToken }) => [
      { expected: id, token: accessToken },
      { expected: 'token.invalid', token: `${accessToken.slice(0, -4)}AAAA` },
      { expected: 'access.unauthenticated', token: undefined },
    ]);
    const answers = await Promise.all(asked.map(({ token }) => app.get('/v1/users/me', { token })));
    expect(answers.map(({ body }) => body.id ?? body.code)).toEqual(asked.map(({ expected }) => expected));
  });

  it('refuses a disabled account at sign-in and at refresh, and names it only after the right password', async () => {
    const user = await signedIn(app);
    await app.rows('UPDATE users SET disabled_at = now() WHERE id = $1', [user.id]);
    const right = await app.post('/v1/auth/login', { identifier: user.email, password: PASSWORD });
    expect([right.status, right.body.code]).toEqual([403, 'auth.account_disabled']);
    const wrong = await app.post('/v1/auth/login', { identifier: user.email, password: 'four bright birds sang' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'auth.bad_credentials']);
    expect((await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).status).toBe(401);
  });

  it('refuses an unverified account at sign-in where the settings ask for it', async () => {
    const strict = await startApp({ SIGN_IN_REQUIRES: 'verified' });
    try {
      const { email } = await register(strict);
      const refused = await strict.post('/v1/auth/login', { identifier: email, password: PASSWORD });
      expect([refused.status, refused.body.code]).toEqual([403, 'auth.unverified']);
      const mail = await strict.mailbox.newest(email);
      await strict.post('/v1/auth/email/verification/confirm', { email, code: mail.secretCode, password: PASSWORD });
      await signIn(strict, email);
    } finally {
      await strict.stop();
    }
  });

  it('lets nobody but the scraper read metrics once there is a token', async () => {
    const token = 'm'.repeat(32);
    const guarded = await startApp({ METRICS_TOKEN: token });
    try {
      const { accessToken } = await signedIn(guarded);
      for (const sent of [undefined, accessToken, token.slice(1), `${token}m`, '']) {
        const answer = await guarded.get('/metrics', { token: sent });
        expect([answer.status, answer.body.code]).toEqual([401, 'access.unauthenticated']);
      }
      expect((await guarded.get('/metrics', { headers: { authorization: token } })).status).toBe(401);
      expect((await guarded.get('/metrics', { token })).status).toBe(200);
    } finally {
      await guarded.stop();
    }
  });

  it('has no metrics page in production without a token, and none of the development mailbox', async () => {
    const production = await startApp({ ...PRODUCTION, SMTP_URL: 'smtp://127.0.0.1:9' });
    try {
      for (const path of ['/metrics', '/dev/mail', '/dev/mail/messages', '/dev/mail/preview', '/dev/mail/preview/html?mail=confirm-email'])
        expect((await production.get(path)).status).toBe(404);
      expect((await production.call('DELETE', '/dev/mail/messages')).status).toBe(404);
      expect((await production.get('/health/ready')).status).toBe(200);
    } finally {
      await production.stop();
    }
  });
});

const PRODUCTION = { NODE_ENV: 'production', RATE_LIMIT: 'on', APP_SECRET: 'gYtE2vQ8xLr5nKpZ3wMbH7cJ1dF6sA9uTq4R0iVyXoWk' };
