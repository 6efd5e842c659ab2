import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestUser, signedIn } from './support/accounts.js';
import { signedInAdmin } from './support/administrators.js';
import { type TestApp, startApp } from './support/start-app.js';
import { statementsWithValuesOf } from './support/statements.js';

const USERS = 100_000;
const EVENTS = 100_000;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

interface Explained {
  'QUERY PLAN': [{ Plan: Plan }];
}

function planIn([row]: Explained[]): Plan {
  if (row === undefined) throw new Error('EXPLAIN said nothing');
  return row['QUERY PLAN'][0].Plan;
}

describe(`with ${USERS} accounts and as many events`, () => {
  let app: TestApp;
  let admin: TestUser;
  let user: TestUser;
  /** Tables of more than a few pages; smaller ones are read as they are, quicker than by any index. */
  let large: Set<string>;

  beforeAll(async () => {
    app = await startApp();
    admin = await signedInAdmin(app);
    user = await signedIn(app);
    // One in 100 is disabled, one in 1,000 a librarian, two of three are verified, half of them signed in at some time.
    await app.rows(
      `INSERT INTO users (id, username, username_key, email, email_key, mobile, mobile_key, first_name, last_name, roles, created_at, email_verified_at, disabled_at)
       SELECT gen_random_uuid(), 'user.' || n, 'user.' || n, 'person' || n || '@example.net', 'person' || n || '@example.net', '+1202' || (1000000 + n), '+1202' || (1000000 + n),
              (ARRAY['Ada','Grace','Alan','Joan','Barbara'])[1 + n % 5], 'Family' || n % 997, CASE WHEN n % 1000 = 0 THEN '{librarian,user}' ELSE '{user}' END::text[],
              now() - n * interval '7 minutes', CASE WHEN n % 3 > 0 THEN now() END, CASE WHEN n % 100 = 0 THEN now() END
       FROM generate_series(1, ${USERS}) AS n`,
    );
    await app.rows(
      `INSERT INTO user_activity (user_id, last_sign_in_at) SELECT id, created_at + interval '1 hour' FROM users WHERE number % 2 = 0 ON CONFLICT DO NOTHING`,
    );
    await app.rows(`SELECT make_audit_month((now() - m * interval '1 month')::date) FROM generate_series(1, 3) AS m`);
    await app.rows(
      `INSERT INTO audit_events (action, outcome, actor_id, subject_id, occurred_at)
       SELECT (ARRAY['session.opened','password.checked','session.ended','account.updated'])[1 + n % 4], CASE WHEN n % 4 = 1 THEN 'failure' ELSE 'success' END, u.id, u.id,
              now() - n * interval '1 minute'
       FROM generate_series(1, ${EVENTS}) AS n JOIN (SELECT id, row_number() OVER () AS at FROM users LIMIT 500) AS u ON u.at = 1 + n % 500`,
    );
    await app.rows(
      `INSERT INTO mails (id, dedupe_key, kind, user_id, recipient, message_id, state)
       SELECT gen_random_uuid(), n, 'confirm-email', u.id, 'x@example.net', n, 'sent'
       FROM generate_series(1, 20000) AS n JOIN (SELECT id, row_number() OVER () AS at FROM users LIMIT 5000) AS u ON u.at = 1 + n % 5000`,
    );
    await app.rows(
      `INSERT INTO sessions (id, user_id, client_id, idle_expires_at, expires_at)
       SELECT gen_random_uuid(), id, 'latchkey', now() + interval '1 day', now() + interval '1 day' FROM users LIMIT 20000`,
    );
    await app.rows('ANALYZE users, user_activity, audit_events, sessions, mails');
    const sized = await app.rows<{ name: string }>('SELECT relname AS name FROM pg_class WHERE reltuples > 1000');
    large = new Set(sized.map(({ name }) => name));
  });
  afterAll(() => app.stop());

  /** The plans of the statements that a request causes, run with the very values. */
  async function plansOf(path: string, token: string): Promise<{ sql: string; root: Plan }[]> {
    const statements = await statementsWithValuesOf(async () => {
      const { status, text } = await app.get(path, { token });
      if (status !== 200) throw new Error(text);
    });
    const client = await app.db.connect();
    try {
      await client.query('BEGIN');
      const plans: { sql: string; root: Plan }[] = [];
      for (const { sql, values } of statements) {
        // All of them run in the transaction that is open here.
        if (/^(?:START TRANSACTION|COMMIT)/.test(sql)) continue;
        if (!/^\s*(?:SELECT|WITH)/.test(sql)) await client.query(sql, [...values]);
        else {
          const { rows } = await client.query<Explained>(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, [...values]);
          plans.push({ sql, root: planIn(rows) });
        }
      }
      return plans;
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  /** Reading a large table from end to end. */
  const isScan = (plan: Plan): boolean => plan['Node Type'] === 'Seq Scan' && large.has(String(plan['Relation Name']));
  const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

  /** @param rows most that one index may be read for: one that is walked from end to end is not much better than the table */
  async function expectIndexes(path: string, token: string, rows = USERS / 4): Promise<void> {
    const plans = await plansOf(path, token);
    expect(plans.length).toBeGreaterThan(0);
    const scans = plans.flatMap(({ sql, root }) =>
      nodesOf(root)
        .filter(isScan)
        .map((node) => `${node['Relation Name']}: ${sql}`),
    );
    expect(scans).toEqual([]);
    const wasted = plans.flatMap(({ sql, root }) =>
      nodesOf(root)
        .filter((node) => (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) > rows)
        .map((node) => `${node['Node Type']} ${node['Actual Rows']} + ${node['Rows Removed by Filter'] ?? 0}: ${sql}`),
    );
    expect(wasted).toEqual([]);
  }

  it.each([
    '',
    'limit=100',
    'email=person99',
    'email=nobody',
    'username=user.5',
    'mobile=%2B12021',
    'name=grace',
    'name=zz',
    'search=person4711',
    'search=family123',
    'search=nothing',
    'search=%D1%87%D0%B5%D1%85%D0%BE%D0%B2',
    'search=example.net',
    'search=ada&status=disabled',
    'status=active',
    'status=disabled',
    'status=disabled&limit=100',
    'role=librarian',
    'role=admin',
    'role=user',
    'verified=true',
    'verified=false',
    'verified=false&status=disabled',
    'role=librarian&status=disabled&verified=true',
    'createdFrom=2026-01-01',
    'createdTo=2026-01-01&status=disabled',
    'createdFrom=2026-01-01&createdTo=2026-01-02',
    'lastSignInFrom=2026-01-01',
    'lastSignInTo=2026-01-01',
    'lastSignInTo=2026-01-01&status=disabled',
    'email=person5&lastSignInFrom=2026-01-01&verified=true',
  ])('the list of accounts with "%s" uses indexes only', async (query) => {
    const first = await app.get(`/v1/users?${query}`, { token: admin.accessToken });
    await expectIndexes(`/v1/users?${query}`, admin.accessToken);
    if (first.body.nextCursor !== null) await expectIndexes(`/v1/users?${query}&cursor=${first.body.nextCursor}`, admin.accessToken);
  });

  it.each([
    '',
    'action=account.updated',
    'action=account.disabled',
    'outcome=failure',
    'from=2026-01-01',
    'to=2026-01-01',
    'actorId={id}',
    'subjectId={id}',
    'subjectId={id}&action=session.opened&outcome=failure',
    'actorId={id}&from=2026-01-01',
  ])('the audit log with "%s" uses indexes only', async (query) => {
    const path = `/v1/audit?${query.replace('{id}', user.id)}`;
    const first = await app.get(path, { token: admin.accessToken });
    await expectIndexes(path, admin.accessToken);
    if (first.body.nextCursor !== null) await expectIndexes(`${path}&cursor=${first.body.nextCursor}`, admin.accessToken);
  });

  it.each(['/v1/users?role=admin', '/v1/audit?action=account.updated&outcome=failure', '/v1/audit?outcome=failure&to=2026-01-01'])(
    '%s finds what hardly ever is without looking at all the rest',
    async (path) => {
      await app.rows(`UPDATE users SET created_at = '2020-01-01' WHERE id = $1`, [admin.id]);
      await expectIndexes(path, admin.accessToken, 100);
    },
  );

  it('one account, its sessions and its own events use indexes only', async () => {
    await expectIndexes(`/v1/users/${user.id}`, admin.accessToken);
    await expectIndexes(`/v1/users/${user.id}/sessions`, admin.accessToken);
    await expectIndexes('/v1/users/me/security-events', user.accessToken);
    await expectIndexes('/v1/users/me/sessions', user.accessToken);
  });

  it('deleting an account finds its traces by index', async () => {
    const client = await app.db.connect();
    try {
      const { rows } = await client.query<Explained>(
        `EXPLAIN (FORMAT JSON) UPDATE audit_events SET ip = NULL, user_agent = NULL
         WHERE (actor_id = $1 OR subject_id = $1 AND actor_id IS NULL) AND (ip IS NOT NULL OR user_agent IS NOT NULL)`.replaceAll(
          '$1',
          `'${user.id}'`,
        ),
      );
      const plan = planIn(rows);
      expect([...large].filter((name) => name.startsWith('audit_events_')).length).toBeGreaterThanOrEqual(2);
      expect(nodesOf(plan).filter(isScan)).toEqual([]);
    } finally {
      client.release();
    }
  });
});
