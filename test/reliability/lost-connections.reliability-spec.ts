import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DatabaseService } from '../../src/database/database.service.js';
import { PASSWORD, freshEmail, register, signedIn } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { type Answer, type TestApp, startApp } from '../support/start-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** What a request of these tests does, apart from what the server does at the same time by itself. */
const request = new AsyncLocalStorage<true>();

/** Taken at each commit that edits an account. */
const AT_COMMIT = 4_242;

describe('a connection to the database that is lost', () => {
  let app: TestApp;
  let proxy: TcpProxy;
  let database: DatabaseService;
  let user: { accessToken: string; email: string };

  beforeAll(async () => {
    const databaseUrl = await createDatabase();
    proxy = await TcpProxy.start(databaseUrl);
    // The direct connections are not to be lost along with the others.
    app = await startApp({ DATABASE_URL: proxy.url, DATABASE_DIRECT_URL: databaseUrl }, databaseUrl);
    database = app.nest.get(DatabaseService);
    user = await signedIn(app);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await app.rows('DROP TRIGGER IF EXISTS storm ON users');
  });
  afterAll(async () => {
    await app.stop();
    await proxy.stop();
  });

  const rename = (firstName: string): Promise<Answer> =>
    request.run(true, () => app.call('PATCH', '/v1/users/me', { token: user.accessToken, body: { firstName } }));
  const storedName = async (): Promise<unknown> =>
    (await app.rows<{ first_name: string }>('SELECT first_name FROM users WHERE email = $1', [user.email]))[0]?.first_name;
  const expectTold = ({ status, headers, body }: Answer, code: string): void => {
    expect({ status, code: body.code }).toEqual({ status: 503, code });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  };
  /** A trigger on accounts with a body in PL/pgSQL. */
  async function trigger(kind: string, body: string): Promise<void> {
    await app.rows(`CREATE OR REPLACE FUNCTION storm() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN NULL; END $$`);
    await app.rows(`CREATE ${kind} EXECUTE FUNCTION storm()`);
  }

  /** Ends the connection of the open transaction, and waits until this process has noticed. */
  async function cutOpenTransaction(): Promise<void> {
    const [row] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await app.rows('SELECT pg_terminate_backend($1)', [row?.pid]);
    await poll('the connection to be gone', () =>
      database.query('SELECT 1').then(
        () => undefined,
        // Refused here, not sent to a server that ends the connection.
        (error: Error) => (/released|not queryable/.test(error.message) ? true : undefined),
      ),
    );
  }

  /** Runs the first transaction of the next request through `fault`. */
  function inTransaction(fault: (work: () => Promise<unknown>) => Promise<unknown>): void {
    const { transaction } = DatabaseService.prototype;
    const spy = vi.spyOn(database, 'transaction').mockImplementation((work) => {
      if (request.getStore() === undefined) return transaction.call(database, work);
      spy.mockRestore();
      return transaction.call(database, () => fault(work));
    });
  }

  it('between two statements answers 503, and nothing was done', async () => {
    inTransaction(async (work) => {
      await cutOpenTransaction();
      return work();
    });
    expectTold(await rename('Between'), 'server.unavailable');
    expect(await storedName()).not.toBe('Between');
    expect((await rename('Afterwards')).status).toBe(200);
  });

  it('before the commit answers 503, and nothing was done', async () => {
    inTransaction(async (work) => {
      const done = await work();
      await cutOpenTransaction();
      return done;
    });
    expectTold(await rename('Nearly'), 'server.unavailable');
    expect(await storedName()).not.toBe('Nearly');
  });

  it('during a commit is not told as "nothing was done": here it was', async () => {
    await trigger(
      'CONSTRAINT TRIGGER storm AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW',
      `PERFORM pg_advisory_xact_lock_shared(${AT_COMMIT});`,
    );
    const blocker = await app.db.connect();
    await blocker.query('SELECT pg_advisory_lock($1)', [AT_COMMIT]);
    const asked = rename('Committed');
    await poll('the commit to wait', async () =>
      (await app.rows(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = ${AT_COMMIT} AND NOT granted`)).length > 0
        ? true
        : undefined,
    );
    proxy.refuse();
    expectTold(await asked, 'server.outcome_unknown');
    await blocker.query('SELECT pg_advisory_unlock($1)', [AT_COMMIT]);
    blocker.release();
    await poll('the edit', async () => ((await storedName()) === 'Committed' ? true : undefined));
    proxy.heal();
    await poll('the server to go on', async () => ((await rename('Again')).status === 200 ? true : undefined));
  });

  it('during a statement that commits by itself is not told as "nothing was done" either', async () => {
    const { email } = await register(app);
    await trigger('TRIGGER storm AFTER INSERT ON sessions FOR EACH STATEMENT', 'PERFORM pg_terminate_backend(pg_backend_pid());');
    const login = () => app.post('/v1/auth/login', { identifier: email, password: PASSWORD });
    expectTold(await login(), 'server.outcome_unknown');
    await app.rows('DROP TRIGGER storm ON sessions');
    expect((await login()).status).toBe(200);
  });

  it('during a read answers 503', async () => {
    const { query } = DatabaseService.prototype;
    vi.spyOn(database, 'query').mockImplementation((sql, values) =>
      request.getStore() === undefined
        ? query.call(database, sql, values)
        : query.call(database, 'SELECT pg_terminate_backend(pg_backend_pid())'),
    );
    expectTold(await request.run(true, () => app.get('/v1/users/me', { token: user.accessToken })), 'server.unavailable');
  });

  it.each(['53000', '53100', '53200', '53300', '53400', '57014', '58000', '58030', '40001', '40P01'])(
    'or a server without room or time (SQLSTATE %s) answers 503, and nothing was done',
    async (code) => {
      await trigger('TRIGGER storm AFTER INSERT OR UPDATE ON users FOR EACH STATEMENT', `RAISE EXCEPTION 'no' USING ERRCODE = '${code}';`);
      const email = freshEmail();
      expectTold(await app.post('/v1/auth/register', { email, password: PASSWORD }), 'server.unavailable');
      expectTold(await rename('Never'), 'server.unavailable');
      expect(await app.rows('SELECT 1 FROM users WHERE email = $1 OR first_name = $2', [email, 'Never'])).toEqual([]);
    },
  );

  it('leaves a fault of the server a fault: an internal error answers 500', async () => {
    await trigger('TRIGGER storm AFTER UPDATE ON users FOR EACH STATEMENT', `RAISE EXCEPTION 'no' USING ERRCODE = 'XX000';`);
    expect((await rename('Never')).status).toBe(500);
  });
});
