import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BoundedEvents } from '../src/audit/bounded-events.service.js';
import { PASSWORD, register, signIn, signedIn } from './support/accounts.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';
import { sidOf } from './support/tokens.js';

const CAP = 8;
/** Sessions that end in one transaction. */
const BATCH = 200;

describe('sessions of one account', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ SESSIONS_PER_ACCOUNT: String(CAP), RATE_LIMIT: 'on', LIMIT_EDITS: '5/3600' });
  });
  afterAll(() => app.stop());

  const live = async (userId: string): Promise<string[]> =>
    (
      await app.rows<{ id: string }>('SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL ORDER BY last_used_at', [userId])
    ).map(({ id }) => id);
  const isAlive = async (accessToken: string) => (await app.get('/v1/auth/verify', { token: accessToken })).status === 204;
  /** Sessions as an account may have them from before there was a cap. */
  const fill = (userId: string, count: number) =>
    app.rows(
      `INSERT INTO sessions (id, user_id, client_id, idle_expires_at, expires_at)
       SELECT gen_random_uuid(), $1, 'latchkey', now() + interval '1 day', now() + interval '1 day' FROM generate_series(1, $2)`,
      [userId, count],
    );

  it('are at most so many: the one that was unused for longest ends, and its tokens at once', async () => {
    const { id, email } = await register(app);
    const opened = [];
    for (let i = 0; i < CAP; i += 1) opened.push(await signIn(app, email));
    const [first, second] = opened as [(typeof opened)[0], (typeof opened)[0]];
    // The first is the oldest, but in use.
    expect((await app.post('/v1/auth/refresh', { refreshToken: first.refreshToken })).status).toBe(200);
    const latest = await signIn(app, email);
    expect(await live(id)).toHaveLength(CAP);
    expect(await Promise.all([first, second, latest].map(({ accessToken }) => isAlive(accessToken)))).toEqual([true, false, true]);
    expect((await app.post('/v1/auth/refresh', { refreshToken: second.refreshToken })).body.code).toBe('refresh_token.invalid');
    const [end] = await app.rows("SELECT actor_id, details FROM audit_events WHERE action = 'session.ended' AND subject_id = $1", [id]);
    expect(end).toEqual({ actor_id: null, details: { reason: 'too-many', count: 1 } });
  });

  it('are at most so many, also after many sign-ins at once', async () => {
    const { id, email } = await register(app);
    await Promise.all(Array.from({ length: 3 * CAP }, () => signIn(app, email, PASSWORD)));
    expect(await live(id)).toHaveLength(CAP);
  });

  it('end batch by batch, so that nobody waits for all of them: the first batches have ended before the last begins', async () => {
    const victim = await signedIn(app);
    await fill(victim.id, 5 * BATCH);
    const [last] = await app.rows<{ id: string }>('SELECT id FROM sessions WHERE user_id = $1 ORDER BY id DESC LIMIT 1', [victim.id]);
    const holder = await app.db.connect();
    const countLive = async () => (await live(victim.id)).length;
    let ended: Promise<Answer> | undefined;
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [last?.id]);
      ended = app.post('/v1/auth/logout-all', undefined, { token: victim.accessToken });
      const left = await poll('the first batches to end', async () => {
        const count = await countLive();
        return count <= 2 * BATCH ? count : undefined;
      });
      expect(left).toBeGreaterThan(0);
      // Others are served meanwhile, also when they end sessions themselves.
      const other = await signedIn(app);
      expect((await app.post('/v1/auth/logout', { refreshToken: other.refreshToken })).status).toBe(204);
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    expect((await ended).status).toBe(204);
    expect(await countLive()).toBe(0);
    expect(await isAlive(victim.accessToken)).toBe(false);
  });

  it('beyond the cap end when others are signed out, but the one that asks stays', async () => {
    const user = await signedIn(app);
    await app.rows("UPDATE sessions SET last_used_at = now() - interval '1 hour' WHERE id = $1", [sidOf(user.accessToken)]);
    await fill(user.id, 5 * CAP);
    expect((await app.call('DELETE', '/v1/users/me/sessions', { token: user.accessToken })).status).toBe(204);
    expect(await live(user.id)).toEqual([sidOf(user.accessToken)]);
    expect(await isAlive(user.accessToken)).toBe(true);
  });

  it('can try only so many new passwords, and the account can change its own only so often', async () => {
    const { email, accessToken: token } = await signedIn(app);
    const change = (token: string, currentPassword: string, newPassword: string) =>
      app.call('PUT', '/v1/auth/password', { token, body: { currentPassword, newPassword } });
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await change(token, PASSWORD, 'short')).status);
    // The sixth is refused before its new password is looked at.
    expect(statuses).toEqual([422, 422, 422, 422, 422, 429]);

    let current: string = PASSWORD;
    for (let i = 0; i < 5; i += 1) {
      const next = `seven calm rivers ${i}`;
      expect((await change((await signIn(app, email, current)).accessToken, current, next)).status).toBe(204);
      current = next;
    }
    const last = await signIn(app, email, current);
    expect((await change(last.accessToken, current, 'seven calm rivers 6')).body.code).toBe('request.throttled');
    expect(await isAlive(last.accessToken)).toBe(true);
    await signIn(app, email, current);
  });

  it('can put only so many edits on record', async () => {
    const user = await signedIn(app);
    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      statuses.push((await app.call('PATCH', '/v1/users/me', { token: user.accessToken, body: { firstName: `Ada ${i}` } })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    const change = { mobile: '+12025550188', currentPassword: PASSWORD };
    expect((await app.call('PUT', '/v1/users/me/mobile', { token: user.accessToken, body: change })).status).toBe(429);
    const removal = { currentPassword: PASSWORD };
    expect((await app.call('DELETE', '/v1/users/me/mobile', { token: user.accessToken, body: removal })).status).toBe(429);
    expect((await app.post('/v1/users/me/deletion', {}, { token: user.accessToken })).status).toBe(429);
    for (let i = 0; i < 3; i += 1) await app.call('DELETE', '/v1/users/me/avatar', { token: user.accessToken });
    await app.nest.get(BoundedEvents).flush();
    const events = await app.rows(
      "SELECT 1 AS found FROM audit_events WHERE subject_id = $1 AND action IN ('account.updated', 'avatar.changed')",
      [user.id],
    );
    expect(events).toHaveLength(5);
  });
});
