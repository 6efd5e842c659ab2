import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, signIn, signedIn } from '../support/accounts.js';
import { SigningKeyRotation } from '../../src/tokens/signing-keys/signing-key-rotation.service.js';
import { SigningKeysService } from '../../src/tokens/signing-keys/signing-keys.service.js';
import { createDatabase } from '../support/databases.js';
import { poll } from '../support/poll.js';
import { NEW_PASSWORD } from '../support/password-reset.js';
import { type Answer, PUBLIC_URL, type TestApp, startApp } from '../support/start-app.js';
import { sidOf } from '../support/tokens.js';

const OLD = 'the-former-root-secret-0123456789abcdefghijklmnop';
const NEXT = 'the-coming-root-secret-0123456789abcdefghijklmnop';
const COOKIE = '__Host-latchkey-refresh';

type Rooted = { APP_SECRET: string; APP_SECRET_PREVIOUS?: string };
const BEFORE: Rooted = { APP_SECRET: OLD };
const BOTH: Rooted = { APP_SECRET: OLD, APP_SECRET_PREVIOUS: NEXT };
const SWAPPED: Rooted = { APP_SECRET: NEXT, APP_SECRET_PREVIOUS: OLD };
const AFTER: Rooted = { APP_SECRET: NEXT };

describe('APP_SECRET', () => {
  let databaseUrl: string;
  const running = new Set<TestApp>();
  /** Mails go out through the first node alone. */
  const start = async (rooted: Rooted, worker: 'on' | 'off'): Promise<TestApp> => {
    const app = await startApp({ ...rooted, MAIL_WORKER: worker }, databaseUrl);
    running.add(app);
    return app;
  };
  const stop = async (app: TestApp): Promise<void> => {
    running.delete(app);
    await app.stop();
  };
  beforeEach(async () => {
    databaseUrl = await createDatabase();
  });
  afterEach(async () => {
    for (const app of running) await stop(app);
  });

  const refresh = (app: TestApp, refreshToken: string): Promise<Answer> => app.post('/v1/auth/refresh', { refreshToken });
  const refreshByCookie = (app: TestApp, token: string): Promise<Answer> =>
    app.post('/v1/auth/refresh', {}, { headers: { cookie: `${COOKIE}=${token}`, origin: PUBLIC_URL, 'content-type': 'application/json' } });
  const signUp = async (app: TestApp): Promise<{ email: string; ticket: string }> => {
    const email = freshEmail();
    const { body } = await app.post('/v1/auth/register', { email, password: PASSWORD });
    return { email, ticket: body.registrationTicket };
  };
  const confirm = (app: TestApp, body: object): Promise<Answer> => app.post('/v1/auth/email/verification/confirm', body);

  /** What one node gives out while the secret is being changed; the mails go out through `mails`. */
  async function handOut(app: TestApp, mails: TestApp) {
    const user = await signedIn(app);
    const signedUp = await signUp(app);
    const { secretCode } = await mails.mailbox.newest(signedUp.email);
    const first = await mails.mailbox.newest(user.email);
    await app.post('/v1/auth/password/forgot', { identifier: user.email });
    const { token } = await mails.mailbox.newest(user.email, first);
    const other = await signedIn(app);
    const key = { 'idempotency-key': `key-${signedUp.email}` };
    const body = { email: freshEmail(), password: PASSWORD };
    const created = await app.post('/v1/auth/register', body, { headers: key });
    return { user, signedUp, secretCode, token, other, repeat: { body, headers: key, id: created.body.id as string } };
  }

  /** All of it is good at another node, later. */
  async function takeIn(app: TestApp, { user, signedUp, secretCode, token, other, repeat }: Awaited<ReturnType<typeof handOut>>) {
    expect((await app.get('/v1/auth/verify', { token: user.accessToken })).status).toBe(204);
    expect((await refresh(app, user.refreshToken)).status).toBe(200);
    expect((await refreshByCookie(app, other.refreshToken)).status).toBe(200);
    expect((await confirm(app, { ticket: signedUp.ticket, code: secretCode })).body.emailVerified).toBe(true);
    expect((await app.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD })).status).toBe(204);
    const repeated = await app.post('/v1/auth/register', repeat.body, { headers: repeat.headers });
    expect([repeated.status, repeated.body.id]).toEqual([201, repeat.id]);
  }

  it('changes on a running fleet without signing anybody out', async () => {
    let a = await start(BEFORE, 'on');
    let b = await start(BEFORE, 'off');
    let open = [await handOut(a, a), await handOut(b, a)];
    // Node by node: first both secrets are accepted everywhere, then the new one is used, then the former one is dropped.
    for (const rooted of [BOTH, SWAPPED, AFTER]) {
      await stop(a);
      // Queued under the secret of a node that is still to be changed, sent by one that has been.
      const waiting = await signUp(b);
      a = await start(rooted, 'on');
      const { secretCode } = await a.mailbox.newest(waiting.email);
      const [ofA, ofB] = [await handOut(a, a), await handOut(b, a)];
      await takeIn(b, ofA);
      await takeIn(a, ofB);
      expect((await confirm(b, { ticket: waiting.ticket, code: secretCode })).body.emailVerified).toBe(true);
      // From before this step: what was made under the former secret, until that is dropped.
      if (rooted !== AFTER) for (const each of open) await takeIn(a, each);
      await stop(b);
      b = await start(rooted, 'off');
      open = [await handOut(a, a), await handOut(b, a)];
    }
    for (const each of open) await takeIn(b, each);
    const sealed = await a.rows<{ private_key: string }>('SELECT private_key FROM signing_keys WHERE retired_at IS NULL');
    expect(new Set(sealed.map(({ private_key: key }) => key.split('.')[0])).size).toBe(1);
  });

  describe('on a node that has only the former one', () => {
    let stale: TestApp;
    let fresh: TestApp;
    beforeEach(async () => {
      stale = await start(BEFORE, 'off');
      fresh = await start(SWAPPED, 'on');
      await poll('the node to notice', () => (complaints().length > 0 ? true : undefined));
    });
    // Nest logs through the server that was started last.
    const complaints = (): string[] => [...stale.logs, ...fresh.logs].filter((line) => line.includes('APP_SECRET is outdated'));
    const expectStale = ({ status, body, headers }: Answer): void => {
      expect([status, body.code]).toEqual([503, 'server.secret_outdated']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    };

    it('is said in the log, once, and by a typed answer; nothing genuine is called forged, and no session ends', async () => {
      const { user, signedUp, secretCode, token, other, repeat } = await handOut(fresh, fresh);
      expectStale(await refresh(stale, user.refreshToken));
      const byCookie = await refreshByCookie(stale, other.refreshToken);
      expectStale(byCookie);
      expect(byCookie.headers['set-cookie']).toBeUndefined();
      expectStale(await confirm(stale, { ticket: signedUp.ticket, code: secretCode }));
      expectStale(await stale.post('/v1/auth/password/reset', { token, newPassword: NEW_PASSWORD }));
      expectStale(await stale.post('/v1/auth/register', repeat.body, { headers: repeat.headers }));
      expect(complaints()).toHaveLength(1);
      expect(await stale.rows('SELECT id FROM sessions WHERE id = $1 AND revoked_at IS NOT NULL', [sidOf(user.accessToken)])).toEqual([]);
      await takeIn(fresh, { user, signedUp, secretCode, token, other, repeat });
    });

    it('is said to access tokens of a key that was made under the newest one, on every kind of route', async () => {
      await fresh.nest.get(SigningKeyRotation).rotate({ evenIfFresh: true });
      await fresh.nest.get(SigningKeysService).reload();
      // The key after the next one: the next was published before this node knew the newest secret to be missing.
      await fresh.nest.get(SigningKeyRotation).rotate({ evenIfFresh: true });
      await fresh.nest.get(SigningKeysService).reload();
      await stale.nest.get(SigningKeysService).reload();
      const { accessToken: token } = await signedIn(fresh);
      expectStale(await stale.get('/v1/auth/verify', { token }));
      expectStale(await stale.get('/v1/users/me', { token }));
      expectStale(await stale.post('/v1/auth/logout-all', undefined, { token }));
      expect((await fresh.get('/v1/auth/verify', { token })).status).toBe(204);
    });

    it('refuses a token of no secret of the fleet as before', async () => {
      const { refreshToken } = await signedIn(stale);
      const bytes = Buffer.from(refreshToken.slice(4), 'base64url');
      bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
      expect((await refresh(stale, `lkr_${bytes.toString('base64url')}`)).status).toBe(401);
    });

    it('loses no mail', async () => {
      await stop(fresh);
      fresh = await start(SWAPPED, 'off');
      const { email } = await signUp(fresh);
      await stop(stale);
      // It cannot start again: its signing keys are under the new secret.
      await expect(start(BEFORE, 'on')).rejects.toThrow(/APP_SECRET/);
      await stop(fresh);
      fresh = await start(SWAPPED, 'on');
      expect((await fresh.mailbox.newest(email)).secretCode).toMatch(/^\d{8}$/);
      await signIn(fresh, email);
    });
  });
});
