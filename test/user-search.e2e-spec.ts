import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestUser, signedIn } from './support/accounts.js';
import { signedInAdmin } from './support/administrators.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

interface Row {
  id: string;
  email: string | null;
}

describe('finding accounts', () => {
  let app: TestApp;
  let admin: TestUser;
  beforeAll(async () => {
    app = await sharedApp();
    admin = await signedInAdmin(app);
    // Made on one day a year, so that the order and the ranges are known; the first is the oldest.
    await app.rows(
      `INSERT INTO users (id, username, username_key, email, email_key, mobile, mobile_key, first_name, last_name, roles, created_at,
                          email_verified_at, mobile_verified_at, disabled_at)
       SELECT gen_random_uuid(), name, lower(name), email, lower(email), mobile, mobile, first, last, roles::text[], make_timestamptz(year::int, 5, 17, 12, 0, 0.123456, 'UTC'),
              CASE WHEN proof = 'email' THEN now() END, CASE WHEN proof = 'mobile' THEN now() END, CASE WHEN disabled THEN now() END
       FROM (VALUES
         (1815, 'Ada.Lovelace', 'ada@engine.test',        '+442071234567', 'Ada',   'Lovelace', '{user}',           'email',  false),
         (1906, 'grace',        'Grace@navy.test',        '+12025550101',  'Grace', 'Hopper',   '{admin,user}',     'mobile', false),
         (1912, 'turing_100%',  'alan@bletchley.test',    NULL,            'Alan',  'Turing',   '{librarian,user}', NULL,     true),
         (1914, 'hedy\\x',      'hedy@frequency.test',    '+12025550199',  'Hedy',  'Lamarr',   '{user}',           NULL,     false),
         (1930, NULL,           'dijkstra+list@path.test', NULL,           'Émile', 'DIJKSTRA', '{user}',           'email',  true),
         (1940, NULL,           NULL,                     '+79161234567', 'Чингиз', 'Мулдзамов', '{user}',          NULL,     true),
         (1936, 'barbara',      NULL,                     '+12025550198',  NULL,    'Liskov',   '{user}',           NULL,     false)
       ) AS t (year, name, email, mobile, first, last, roles, proof, disabled)`,
    );
  });
  afterAll(() => app.stop());

  const list = (query: Record<string, string | undefined>, token = admin.accessToken): Promise<Answer> =>
    app.get(`/v1/users?${new URLSearchParams(JSON.parse(JSON.stringify(query)) as Record<string, string>)}`, { token });
  /** What is found, by last name, among those of before 1950. */
  const found = async (query: Record<string, string | undefined>): Promise<string[]> => {
    const { status, body } = await list(query);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.data
      .filter(({ createdAt }: { createdAt: string }) => createdAt < '1950')
      .map(({ lastName }: { lastName: string }) => lastName);
  };

  it.each([
    [{ email: 'ADA@' }, ['Lovelace']],
    [{ email: ' grace@Navy.test ' }, ['Hopper']],
    [{ username: 'ada.l' }, ['Lovelace']],
    [{ username: 'TURING_' }, ['Turing']],
    [{ mobile: '+1202' }, ['Hopper', 'Liskov', 'Lamarr']],
    [{ mobile: '(202) 555-0199' }, ['Lamarr']],
    [{ name: 'ada lo' }, ['Lovelace']],
    [{ name: 'é' }, ['DIJKSTRA']],
    [{ name: 'lisk' }, ['Liskov']],
    [{ name: 'lovelace' }, []],
  ])('by what %j begins with', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it.each([
    [{ search: 'velac' }, ['Lovelace']],
    [{ search: 'ÉMI' }, ['DIJKSTRA']],
    [{ search: 'dijkstra+LIST' }, ['DIJKSTRA']],
    [{ search: 'race hop' }, ['Hopper']],
    [{ search: 'улдзаМ' }, ['Мулдзамов']],
    [{ search: 'улд' }, ['Мулдзамов']],
    [{ search: '555-01' }, ['Hopper', 'Lamarr', 'Liskov']],
    [{ search: '@engine' }, ['Lovelace']],
    [{ search: 'nothing of the kind' }, []],
  ])('by what they contain, %j', async (query, expected) => {
    expect((await found(query)).toSorted()).toEqual(expected);
  });

  it.each([
    [{ username: 'turing%' }, []],
    [{ username: 'turingx' }, []],
    [{ username: 'ad_' }, []],
    [{ username: '%' }, []],
    [{ username: '_' }, []],
    [{ username: 'hedy\\x' }, ['Lamarr']],
    [{ username: 'hedy\\' }, ['Lamarr']],
    [{ search: 'ring_100%' }, ['Turing']],
    [{ search: 'ada_lovelace' }, []],
    [{ search: 'ada%ace' }, []],
    [{ search: 'hedy\\x' }, ['Lamarr']],
    [{ search: "' OR ''='" + 'abc' }, []],
  ])('by %j, in which nothing is a wildcard', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it.each([
    [{ status: 'disabled' }, ['Мулдзамов', 'DIJKSTRA', 'Turing']],
    [{ status: 'active', createdTo: '1950-01-01' }, ['Liskov', 'Lamarr', 'Hopper', 'Lovelace']],
    [{ role: 'librarian' }, ['Turing']],
    [{ role: 'admin' }, ['Hopper']],
    [{ verified: 'true', createdTo: '1950-01-01' }, ['DIJKSTRA', 'Hopper', 'Lovelace']],
    [{ verified: 'false', createdTo: '1950-01-01' }, ['Мулдзамов', 'Liskov', 'Lamarr', 'Turing']],
    [{ createdFrom: '1906-05-17T12:00:00.123Z', createdTo: '1914-05-17T12:00:00.123Z' }, ['Turing', 'Hopper']],
    [{ createdFrom: '1906-05-17T14:00:00+02:00', createdTo: '1914-05-17' }, ['Turing', 'Hopper']],
    [{ status: 'disabled', verified: 'true' }, ['DIJKSTRA']],
    [{ status: 'disabled', role: 'admin' }, []],
    [{ search: 'test', status: 'disabled', verified: 'false' }, ['Turing']],
    [{ mobile: '+', verified: 'true' }, ['Hopper', 'Lovelace']],
    [{ lastSignInTo: '1999-01-01' }, []],
  ])('narrowed down to %j, the latest first', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it('by when they last signed in, the latest first', async () => {
    const users = [await signedIn(app), await signedIn(app), await signedIn(app)];
    for (const [i, day] of ['2001-01-03', '2001-01-01', '2001-01-02'].entries()) {
      await app.rows('UPDATE user_activity SET last_sign_in_at = $2 WHERE user_id = $1', [users[i]?.id, `${day}T10:00:00.000001Z`]);
    }
    const range = { lastSignInFrom: '2001-01-01', lastSignInTo: '2001-01-04' };
    const ids = async (query: Record<string, string>): Promise<string[]> => (await list(query)).body.data.map(({ id }: Row) => id);
    expect(await ids(range)).toEqual([users[0]?.id, users[2]?.id, users[1]?.id]);
    expect(await ids({ ...range, lastSignInTo: '2001-01-02T10:00:00Z' })).toEqual([users[1]?.id]);
    const first = await list({ ...range, limit: '2' });
    expect(await ids({ ...range, limit: '2', cursor: first.body.nextCursor })).toEqual([users[1]?.id]);
  });

  it.each([{}, { email: 'page' }, { search: 'page' }, { name: 'page' }, { username: 'page' }, { search: 'page', status: 'active' }])(
    'page by page with %j: everybody once, whoever comes and goes meanwhile',
    async (query) => {
      const kind = Object.keys(query).join('');
      await app.rows(
        `INSERT INTO users (id, email, email_key, username, username_key, first_name, created_at, metadata)
         SELECT gen_random_uuid(), 'page.' || $1 || n || '@x.test', 'page.' || $1 || n || '@x.test', 'page.' || $1 || n, 'page.' || $1 || n, 'Page', date_trunc('day', now()), '{}'
         FROM generate_series(1, 25) AS n`,
        [kind],
      );
      const all: string[] = [];
      let cursor: string | null = '';
      let pages = 0;
      while (cursor !== null) {
        const { status, body } = await list({ ...query, limit: '10', ...(cursor === '' ? {} : { cursor }) });
        expect([status, body.data.length]).toEqual([200, body.nextCursor === null ? body.data.length : 10]);
        all.push(...body.data.map(({ id }: Row) => id));
        if (pages === 0) await app.rows('DELETE FROM users WHERE id = $1', [all[9]]);
        ({ nextCursor: cursor } = body);
        pages += 1;
      }
      expect(new Set(all).size).toBe(all.length);
      const kept = await app.rows<Row>(`SELECT id FROM users WHERE username_key LIKE 'page.' || $1 || '%'`, [kind]);
      expect(kept.length).toBeGreaterThanOrEqual(24);
      expect(kept.filter(({ id }) => !all.includes(id))).toEqual([]);
    },
  );

  it('finds all of very many, in the order of ids', async () => {
    await app.rows(
      `INSERT INTO users (id, username, username_key, metadata) SELECT gen_random_uuid(), 'crowd.' || n, 'crowd.' || n, '{}' FROM generate_series(1, 1234) AS n`,
    );
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: Answer = await list({ search: 'crowd', limit: '100', ...(cursor === '' ? {} : { cursor }) });
      ids.push(...body.data.map(({ id }: Row) => id));
      cursor = body.nextCursor;
    }
    expect([ids.length, new Set(ids).size]).toEqual([1_234, 1_234]);
    expect(ids).toEqual(ids.toSorted());
  });

  it.each([
    [{ search: 'ab' }, '?search'],
    [{ search: '  a  ' }, '?search'],
    [{ search: '---' }, '?search'],
    [{ search: 'test\nada' }, '?search'],
    [{ search: 'a b c' }, '?search'],
    [{ search: '%%%' }, '?search'],
    [{ search: 'x'.repeat(255) }, '?search'],
    [{ email: '' }, '?email'],
    [{ name: ' ' }, '?name'],
    [{ mobile: 'abc' }, '?mobile'],
    [{ search: 'ada', email: 'ada' }, '?email'],
    [{ name: 'ada', username: 'ada' }, '?name'],
    [{ status: 'asleep' }, '?status'],
    [{ role: 'root' }, '?role'],
    [{ role: "user' = ANY (roles) OR 'x" }, '?role'],
    [{ verified: '1' }, '?verified'],
    [{ createdFrom: '17.05.1906' }, '?createdFrom'],
    [{ createdTo: '1906-13-01' }, '?createdTo'],
    [{ lastSignInFrom: 'now' }, '?lastSignInFrom'],
    [{ lastSignInTo: '9'.repeat(400) }, '?lastSignInTo'],
    [{ limit: '0' }, '?limit'],
    [{ limit: '101' }, '?limit'],
    [{ limit: '1e309' }, '?limit'],
    [{ limit: '2147483648' }, '?limit'],
    [{ cursor: 'AAAA' }, '?cursor'],
    [{ passwordHash: 'x' }, '?passwordHash'],
  ])('refuses %j', async (query, pointer) => {
    const { status, body } = await list(query);
    expect([status, body.errors?.[0].pointer]).toEqual([422, pointer]);
  });

  it('refuses the cursor of another search', async () => {
    const { body } = await list({ limit: '1' });
    expect((await list({ limit: '2', cursor: body.nextCursor })).status).toBe(200);
    for (const other of [{ status: 'active' }, { search: 'ada' }, { email: 'a' }]) {
      expect((await list({ ...other, cursor: body.nextCursor })).status).toBe(422);
    }
  });

  it('tells nothing that opens an account, and nobody but administrators', async () => {
    const { text, headers } = await list({ limit: '100' });
    expect(text).not.toMatch(/argon2|password_hash|passwordHash|epoch/i);
    expect(headers['cache-control']).toBe('no-store');
    const { accessToken } = await signedIn(app);
    expect((await list({}, accessToken)).body.code).toBe('access.forbidden');
  });
});
