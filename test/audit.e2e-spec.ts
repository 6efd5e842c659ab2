import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditHousekeeping } from '../src/audit/audit-housekeeping.service.js';
import { AuditRepository } from '../src/audit/audit.repository.js';
import { AuditService } from '../src/audit/audit.service.js';
import type { EventReader } from '../src/common/capability.js';
import { newId } from '../src/common/ids.js';
import { DatabaseService } from '../src/database/database.service.js';
import { PASSWORD, type TestUser, signIn, signedIn } from './support/accounts.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const WRONG = 'four bright birds sang';

describe('the audit log', () => {
  let app: TestApp;
  let admin: TestUser;
  beforeAll(async () => {
    app = await startApp();
    admin = await signedIn(app);
    await app.rows(`UPDATE users SET roles = '{user,admin}' WHERE id = $1`, [admin.id]);
    admin = { ...admin, ...(await signIn(app, admin.email)) };
  });
  afterAll(() => app.stop());

  const list = (query: Record<string, string> = {}, token = admin.accessToken): Promise<Answer> =>
    app.get(`/v1/audit?${new URLSearchParams(query)}`, { token });

  /** Every page of a list, and how many there were. */
  async function pages(path: string, token: string): Promise<{ entries: Record<string, unknown>[]; count: number }> {
    const entries: Record<string, unknown>[] = [];
    let cursor: string | null = '';
    let count = 0;
    for (; cursor !== null; count += 1) {
      const { body }: Answer = await app.get(`${path}${cursor === '' ? '' : `&cursor=${cursor}`}`, { token });
      entries.push(...body.data);
      cursor = body.nextCursor;
    }
    return { entries, count };
  }

  it('tells an administrator who did what to whom, when, from where, and whether it worked', async () => {
    const user = await signedIn(app);
    await app.post('/v1/auth/login', { identifier: user.email, password: WRONG }, { headers: { 'user-agent': 'Try/1' } });
    const { status, body } = await list({ subjectId: user.id });
    expect(status).toBe(200);
    expect(body.nextCursor).toBeNull();
    expect(body.data.map(({ action, outcome }: { action: string; outcome: string }) => `${action} ${outcome}`)).toEqual([
      'password.checked failure',
      'session.opened success',
      'account.registered success',
    ]);
    expect(body.data[0]).toEqual({
      id: expect.stringMatching(/^\d+$/),
      occurredAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]{12}Z$/),
      action: 'password.checked',
      outcome: 'failure',
      actorId: null,
      subjectId: user.id,
      ip: '127.0.0.1',
      userAgent: 'Try/1',
      requestId: expect.any(String),
      details: { reason: 'auth.bad_credentials' },
    });
  });

  it('hands each event to what reads along, in whatever statement it goes on record', async () => {
    await app.rows('CREATE TABLE seen (action text, subject_id uuid)');
    const events = app.nest.get(AuditRepository);
    const reader: EventReader = {
      name: 'seen',
      actions: ['session.opened', 'session.ended', 'account.imported'],
      sql: (recorded) => `INSERT INTO seen SELECT action, subject_id FROM ${recorded}`,
    };
    const seen = async (): Promise<string[]> =>
      (await app.rows<{ action: string }>('DELETE FROM seen RETURNING action, subject_id'))
        .map((row) => Object.values(row).join(' '))
        .toSorted();
    Object.assign(events, { readers: [reader] });
    try {
      // As part of the statement that opens the session, and in the transaction that ends it.
      const user = await signedIn(app);
      await app.call('POST', '/v1/auth/logout', { token: user.accessToken });
      expect(await seen()).toEqual([`session.ended ${user.id}`, `session.opened ${user.id}`]);
      // Refused, or rolled back.
      await app.post('/v1/auth/login', { identifier: user.email, password: WRONG });
      const audit = app.nest.get(AuditService);
      const undone = app.nest.get(DatabaseService).transaction(async () => {
        await audit.record({ action: 'account.imported', outcome: 'success', subjectId: user.id });
        throw new Error('on purpose');
      });
      await expect(undone).rejects.toThrow('on purpose');
      expect(await seen()).toEqual([]);
      // One act on several.
      const ids = [newId(), newId()];
      await audit.record({ action: 'account.imported', outcome: 'success', subjectId: ids });
      expect(await seen()).toEqual(ids.map((id) => `account.imported ${id}`));
    } finally {
      Object.assign(events, { readers: [] });
    }
  });

  it('narrows down by action, outcome, actor, subject and time, all together', async () => {
    const [actor, subject] = [await signedIn(app), await signedIn(app)];
    const audit = app.nest.get(AuditService);
    await audit.record({ action: 'roles.changed', outcome: 'success', actorId: actor.id, subjectId: subject.id });
    await audit.record({ action: 'roles.changed', outcome: 'failure', actorId: actor.id, subjectId: subject.id });
    await audit.record({ action: 'account.disabled', outcome: 'success', actorId: actor.id, subjectId: subject.id });
    const by = async (query: Record<string, string>): Promise<number> => (await list(query)).body.data.length;
    const both = { actorId: actor.id, subjectId: subject.id };
    expect(await by(both)).toBe(3);
    expect(await by({ ...both, action: 'roles.changed' })).toBe(2);
    expect(await by({ ...both, action: 'roles.changed', outcome: 'failure' })).toBe(1);
    expect(await by({ actorId: subject.id, action: 'roles.changed' })).toBe(0);
    const [hour, day] = [3_600_000, 86_400_000].map((ms) => new Date(Date.now() - ms).toISOString()) as [string, string];
    expect(await by({ ...both, from: hour })).toBe(3);
    expect(await by({ ...both, to: hour })).toBe(0);
    expect(await by({ ...both, from: day, to: hour })).toBe(0);
  });

  it('is read page by page, everything once, also where events share their time', async () => {
    const user = await signedIn(app);
    await app.rows(
      `INSERT INTO audit_events (action, outcome, subject_id, occurred_at)
       SELECT 'session.opened', 'success', $1, now() - (n / 7) * interval '1 day' FROM generate_series(1, 53) AS n`,
      [user.id],
    );
    const { entries, count } = await pages(`/v1/audit?limit=10&subjectId=${user.id}`, admin.accessToken);
    expect([entries.length, count]).toEqual([55, 6]);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(55);
    const times = entries.map(({ occurredAt }) => String(occurredAt));
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('refuses cursors of another search, and filters that mean nothing', async () => {
    const user = await signedIn(app);
    await app.post('/v1/auth/logout', undefined, { token: user.accessToken });
    const { body } = await list({ subjectId: user.id, limit: '1' });
    expect(body.nextCursor).toEqual(expect.any(String));
    expect((await list({ subjectId: user.id, limit: '1', cursor: body.nextCursor })).status).toBe(200);
    for (const [query, pointer] of [
      [{ cursor: body.nextCursor }, '?cursor'],
      [{ subjectId: user.id, cursor: `${body.nextCursor}A` }, '?cursor'],
      [{ cursor: 'x' }, '?cursor'],
      [{ action: 'account.eaten' }, '?action'],
      [{ outcome: 'maybe' }, '?outcome'],
      [{ actorId: '42' }, '?actorId'],
      [{ subjectId: "' OR 1=1" }, '?subjectId'],
      [{ from: 'yesterday' }, '?from'],
      [{ from: '2026-02-30' }, '?from'],
      [{ to: '2026-03-01T09:30:00' }, '?to'],
      [{ to: '1e309' }, '?to'],
      [{ limit: '0' }, '?limit'],
      [{ limit: '101' }, '?limit'],
      [{ limit: '2147483648' }, '?limit'],
      [{ limit: 'NaN' }, '?limit'],
      [{ userId: user.id }, '?userId'],
    ] as const) {
      const answer = await list(query);
      expect([query, answer.status, answer.body.errors?.[0].pointer]).toEqual([query, 422, pointer]);
    }
  });

  it('is for administrators; everybody else sees what happened to their own account, without the addresses of others', async () => {
    const [user, other] = [await signedIn(app), await signedIn(app)];
    const refused = await list({ subjectId: user.id }, user.accessToken);
    expect([refused.status, refused.body.code]).toEqual([403, 'access.forbidden']);
    const caller = { ip: '198.51.100.7', userAgent: 'Admin/1', requestId: 'r', limits: [] };
    await app.nest.get(AuditService).record({
      action: 'account.updated',
      outcome: 'success',
      actorId: admin.id,
      subjectId: user.id,
      caller,
      details: { fields: 'locale' },
    });
    await app.post('/v1/auth/login', { identifier: user.email, password: WRONG }, { headers: { 'user-agent': 'Try/1' } });
    const { status, body, text } = await app.get('/v1/users/me/security-events', { token: user.accessToken });
    expect(status).toBe(200);
    const at = expect.any(String);
    expect(body.data.slice(0, 2)).toEqual([
      {
        occurredAt: at,
        action: 'password.checked',
        outcome: 'failure',
        byYou: null,
        ip: '127.0.0.1',
        userAgent: 'Try/1',
        details: { reason: 'auth.bad_credentials' },
      },
      {
        occurredAt: at,
        action: 'account.updated',
        outcome: 'success',
        byYou: false,
        ip: null,
        userAgent: null,
        details: { fields: 'locale' },
      },
    ]);
    expect(body.data.slice(2).map(({ action, byYou }: { action: string; byYou: boolean }) => [action, byYou])).toEqual([
      ['session.opened', true],
      ['account.registered', true],
    ]);
    expect(text).not.toMatch(new RegExp(`198\\.51|Admin/1|${admin.id}|${other.id}`));
    const { entries } = await pages('/v1/users/me/security-events?limit=1', user.accessToken);
    expect(entries).toEqual(body.data);
    const stolen = await app.get(`/v1/users/me/security-events?limit=1`, { token: user.accessToken });
    const foreign = await app.get(`/v1/users/me/security-events?cursor=${stolen.body.nextCursor}`, { token: other.accessToken });
    expect(foreign.status).toBe(422);
  });

  it('cannot be edited: the database refuses to change or delete an event', async () => {
    const { id } = await signedIn(app);
    for (const sql of [
      `UPDATE audit_events SET outcome = 'failure' WHERE subject_id = $1`,
      `UPDATE audit_events SET actor_id = NULL WHERE subject_id = $1`,
      `UPDATE audit_events SET details = '{}', ip = NULL, user_agent = NULL WHERE subject_id = $1 AND action = 'session.opened'`,
      `UPDATE audit_events SET ip = '192.0.2.1' WHERE subject_id = $1`,
      `UPDATE audit_events SET occurred_at = now() - interval '1 day' WHERE subject_id = $1`,
      `DELETE FROM audit_events WHERE subject_id = $1`,
    ]) {
      await expect(app.rows(sql, [id])).rejects.toThrow('append-only');
    }
    const removal = await app.call('DELETE', '/v1/users/me', {
      token: (await signIn(app, await emailOf(id))).accessToken,
      body: { password: PASSWORD },
    });
    expect(removal.status).toBe(204);
    const left = await app.rows('SELECT DISTINCT ip, user_agent FROM audit_events WHERE subject_id = $1', [id]);
    expect(left).toEqual([{ ip: null, user_agent: null }]);
  });

  const emailOf = async (id: string): Promise<string> =>
    String((await app.rows<{ email: string }>('SELECT email FROM users WHERE id = $1', [id]))[0]?.email);
});

describe('the months of the audit log', () => {
  let app: TestApp;
  const housekeep = (): Promise<void> => app.nest.get(AuditHousekeeping).run();
  const partitions = async (): Promise<string[]> =>
    (
      await app.rows<{ name: string }>(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_events'::regclass ORDER BY 1`,
      )
    ).map(({ name }) => name);
  /** Name of the partition of a day in this month of the calendar, or so many months from it. */
  const month = (ahead: number): string => {
    const now = new Date();
    return `audit_events_${new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)).toISOString().slice(0, 7).replace('-', '_')}`;
  };
  const partitionOf = async (action: string): Promise<string | undefined> =>
    (await app.rows<{ name: string }>('SELECT tableoid::regclass::text AS name FROM audit_events WHERE action = $1', [action]))[0]?.name;

  beforeAll(async () => {
    app = await startApp({ AUDIT_RETENTION_DAYS: '100' });
  });
  afterAll(() => app.stop());

  it('are made before they begin, at start and by housekeeping', async () => {
    expect(await partitions()).toEqual([month(0), month(1), month(2), 'audit_events_other']);
    await app.rows(`DROP TABLE ${month(1)}`);
    await housekeep();
    expect(await partitions()).toContain(month(1));
    await app.rows(`DROP TABLE ${month(2)}`);
    const restarted = await startApp({}, app.settings.DATABASE_URL);
    await restarted.stop();
    expect(await partitions()).toContain(month(2));
  });

  it('take over what was put on record before they were made', async () => {
    await app.rows(`DROP TABLE ${month(1)}`);
    await app.rows(
      `INSERT INTO audit_events (action, outcome, occurred_at, ip) VALUES ('test.early', 'success', date_trunc('month', now(), 'UTC') + interval '40 days', '192.0.2.9')`,
    );
    expect(await partitionOf('test.early')).toBe('audit_events_other');
    await housekeep();
    expect(await partitionOf('test.early')).toBe(month(1));
    expect(await app.rows(`SELECT ip FROM audit_events WHERE action = 'test.early'`)).toEqual([{ ip: '192.0.2.9' }]);
  });

  it('go when all of their events are past the retention; of the month in between the old days go, batch by batch', async () => {
    for (const ahead of [-6, -5, -4]) await app.rows(`SELECT make_audit_month(to_date($1, 'YYYY_MM'))`, [month(ahead).slice(-7)]);
    await app.rows(
      `INSERT INTO audit_events (action, outcome, occurred_at)
       SELECT 'test.old', 'success', now() - interval '101 days' FROM generate_series(1, 2345)
       UNION ALL SELECT 'test.young', 'success', now() - interval '99 days' FROM generate_series(1, 5)
       UNION ALL SELECT 'test.ancient', 'success', now() - interval '3 years'`,
    );
    await housekeep();
    const found = await partitions();
    for (const ahead of [-6, -5]) expect(found).not.toContain(month(ahead));
    const left = await app.rows(
      `SELECT action, count(*)::int AS count FROM audit_events WHERE action IN ('test.old', 'test.young', 'test.ancient') GROUP BY action`,
    );
    expect(left).toEqual([{ action: 'test.young', count: 5 }]);
  });

  it('leave deleting to one node at a time, and disturb nobody who writes', async () => {
    await app.rows(`INSERT INTO audit_events (action, outcome, occurred_at) VALUES ('test.kept', 'success', now() - interval '101 days')`);
    const other = await app.db.connect();
    try {
      await other.query('BEGIN');
      await other.query(`SELECT pg_advisory_xact_lock(hashtext('latchkey:audit-housekeeping'))`);
      await housekeep();
      expect(await app.rows(`SELECT 1 AS found FROM audit_events WHERE action = 'test.kept'`)).toHaveLength(1);
      // Somebody who writes holds a lock that dropping a month has to wait for: it gives up, and tries again later.
      await other.query('ROLLBACK');
      await app.rows(`SELECT make_audit_month(to_date($1, 'YYYY_MM'))`, [month(-8).slice(-7)]);
      await other.query('BEGIN');
      await other.query(`INSERT INTO audit_events (action, outcome) VALUES ('test.writing', 'success')`);
      await housekeep();
      expect(await partitions()).toContain(month(-8));
      await other.query('COMMIT');
    } finally {
      other.release();
    }
    await housekeep();
    expect(await partitions()).not.toContain(month(-8));
    expect(await app.rows(`SELECT 1 AS found FROM audit_events WHERE action IN ('test.kept', 'test.writing')`)).toHaveLength(1);
  });
});
