import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedInAs } from '../support/accounts.js';
import { signedInAdmin } from '../support/administrators.js';
import { type TestApp, startApp } from '../support/start-app.js';

/** The database decides who is first, whatever the requests had read before. */
describe('requests at the same time', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  it('add one book, when one ISBN is added fifty times', async () => {
    const { accessToken: token } = await signedInAs(app, 'librarian');
    const create = () => app.post('/v1/books', { title: 'Idoru', isbn: '978-0-399-14130-0' }, { token });
    const answers = await Promise.all(Array.from({ length: 50 }, create));
    const statuses = answers.map(({ status }) => status);
    // The others wait for the one that is first; who waits too long is told to come back.
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => ![201, 409, 503].includes(status))).toEqual([]);
    expect(await app.rows(`SELECT id FROM books WHERE isbn = '9780399141300'`)).toHaveLength(1);
    expect(await app.rows(`SELECT FROM audit_events e JOIN books b ON b.id = e.subject_id WHERE b.isbn = '9780399141300'`)).toHaveLength(1);
  });

  it('leave one administrator, whichever way two go at each other on two nodes', async () => {
    const twin = await startApp({}, app.settings.DATABASE_URL);
    try {
      for (const [method, path, body] of [
        ['PUT', '/roles', { roles: ['user'] }],
        ['POST', '/disable', { reason: 'Mine alone' }],
        ['DELETE', '', undefined],
      ] as const) {
        await app.rows(`UPDATE users SET roles = '{user}' WHERE 'admin' = ANY (roles)`);
        const [one, two] = [await signedInAdmin(app), await signedInAdmin(app)];
        const answers = await Promise.all([
          app.call(method, `/v1/users/${two.id}${path}`, { token: one.accessToken, body }),
          twin.call(method, `/v1/users/${one.id}${path}`, { token: two.accessToken, body }),
        ]);
        const verdicts = answers.map(({ status, body: said }) => String(status < 300 ? 'done' : said.code)).toSorted();
        // The second one finds itself alone; or it was too late already.
        expect([
          ['done', 'user.last_admin'],
          ['done', 'token.revoked'],
        ]).toContainEqual(verdicts);
        const left = await app.rows<{ id: string }>(`SELECT id FROM users WHERE 'admin' = ANY (roles) AND disabled_at IS NULL`);
        expect(left).toHaveLength(1);
        const survivor = left[0]?.id === one.id ? one : two;
        const alone = await app.call(method, `/v1/users/${survivor.id}${path}`, { token: survivor.accessToken, body });
        expect([alone.status, alone.body.code]).toEqual([409, 'user.last_admin']);
      }
    } finally {
      await twin.stop();
    }
  });
});
