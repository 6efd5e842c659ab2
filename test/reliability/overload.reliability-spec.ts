import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PasswordHasher } from '../../src/auth/passwords/password-hasher.service.js';
import { PASSWORD, freshEmail, register, signedIn } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { type Answer, type TestApp, startApp } from '../support/start-app.js';
import { statementsOf } from '../support/statements.js';

describe('overload', () => {
  let app: TestApp;
  let databaseUrl: string;
  beforeAll(async () => {
    databaseUrl = await createDatabase();
    app = await startApp({ DATABASE_POOL_SIZE: '3' }, databaseUrl, { isHurried: true });
  });
  afterAll(() => app.stop());

  const expectBusy = ({ status, headers, body }: Answer, code: string): void => {
    expect({ status, code: body.code }).toEqual({ status: 503, code });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  };

  describe('of the password queue', () => {
    /** Fills the queue until the returned function is called. */
    function fillQueue(): () => void {
      const hasher = app.nest.get(PasswordHasher);
      let release = (): void => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      const results = Array.from({ length: 1_000 }, () => hasher.admit(null, () => held));
      for (const result of results) result.catch(() => {});
      return release;
    }

    it('answers 503 before anything is looked up, whether or not there is such an account', async () => {
      const { email } = await register(app);
      const release = fillQueue();
      const answers: Answer[] = [];
      const statements = await statementsOf(async () => {
        for (const identifier of [email, freshEmail()]) answers.push(await app.post('/v1/auth/login', { identifier, password: PASSWORD }));
        answers.push(await app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD }));
      });
      for (const answer of answers) expectBusy(answer, 'server.busy');
      const [known, unknown] = answers.map(({ body }) => ({ ...body, requestId: '' }) as object);
      expect(known).toEqual(unknown);
      expect(statements).toEqual([]);
      release();
    });

    it('takes everybody again when there is room', async () => {
      const { email } = await register(app);
      const release = fillQueue();
      expectBusy(await app.post('/v1/auth/login', { identifier: email, password: PASSWORD }), 'server.busy');
      release();
      expect((await app.post('/v1/auth/login', { identifier: email, password: PASSWORD })).status).toBe(200);
    });

    it('keeps everything else running', async () => {
      const user = await signedIn(app);
      const release = fillQueue();
      expect((await app.get('/health/ready')).status).toBe(200);
      expect((await app.get('/v1/users/me', { token: user.accessToken })).status).toBe(200);
      expect((await app.post('/v1/auth/refresh', { refreshToken: user.refreshToken })).status).toBe(200);
      release();
    });
  });

  describe('of the database', () => {
    // How soon, bench/reliability/pool-exhausted.mjs measures.
    it('answers 503 when every connection waits for a lock, and heals', async () => {
      const { accessToken } = await signedIn(app);
      const blocker = new Client({ connectionString: databaseUrl });
      await blocker.connect();
      await blocker.query('BEGIN; LOCK TABLE users');
      const answers = await Promise.all(Array.from({ length: 12 }, () => app.get('/v1/users/me', { token: accessToken })));
      for (const answer of answers) expectBusy(answer, 'server.unavailable');
      await blocker.query('ROLLBACK');
      await blocker.end();
      expect((await app.get('/v1/users/me', { token: accessToken })).status).toBe(200);
    });

    it('goes on after all its connections were cut', async () => {
      const { accessToken } = await signedIn(app);
      await app.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'latchkey'`,
      );
      const answers = [];
      for (let i = 0; i < 5; i += 1) answers.push(await app.get('/v1/users/me', { token: accessToken }));
      for (const answer of answers.slice(0, -1)) expect([200, 503]).toContain(answer.status);
      expect(answers.at(-1)?.status).toBe(200);
    });
  });
});
