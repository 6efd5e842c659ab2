import { expect } from 'vitest';
import { JobWorker } from '../../src/jobs/job-worker.js';
import { type TestUser, signIn, signedIn } from './accounts.js';
import { TOLD_MS, poll } from './poll.js';
import { type Answer, type CallOptions, type TestApp, sharedApp, startApp } from './start-app.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Registers an administrator and signs in. */
export async function signedInAdmin(app: TestApp): Promise<TestUser> {
  const user = await signedIn(app);
  await app.rows(`UPDATE users SET roles = '{admin,user}' WHERE id = $1`, [user.id]);
  // A second sign-in, because the first access token does not contain the new role.
  return { ...user, ...(await signIn(app, user.email, user.password)) };
}

/** Two nodes, and an administrator who uses the first one. */
export class Administration {
  private constructor(
    readonly app: TestApp,
    readonly second: TestApp,
    readonly admin: TestUser,
  ) {}

  static async start(): Promise<Administration> {
    const app = await sharedApp();
    const second = await startApp({}, app.settings.DATABASE_URL);
    // Leaves all mail to the first node, whose mailbox the tests read.
    await second.nest.get(JobWorker).stop();
    return new Administration(app, second, await signedInAdmin(app));
  }

  async stop(): Promise<void> {
    await this.second.stop();
    await this.app.stop();
  }

  /** @param path below `/v1/users/` */
  act(method: Method, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.app.call(method, `/v1/users/${path}`, { token: this.admin.accessToken, body, ...options });
  }

  /** The account's `ETag`. */
  async versionOf(id: string): Promise<string> {
    return String((await this.act('GET', id)).headers.etag);
  }

  /** The administrator's successful acts on the account, from the audit log, without reads. */
  onRecord(id: string): Promise<{ action: string; details: Record<string, unknown> }[]> {
    return this.app.rows(
      `SELECT action, details FROM audit_events WHERE subject_id = $1 AND actor_id = $2 AND outcome = 'success'
         AND action <> 'administration.read' ORDER BY id`,
      [id, this.admin.id],
    );
  }

  /** Expects that this node refuses the tokens at once, and the other node within a second. */
  async expectRefused({ accessToken, refreshToken }: Pick<TestUser, 'accessToken' | 'refreshToken'>): Promise<void> {
    const here = await this.app.get('/v1/users/me', { token: accessToken });
    expect([here.status, here.body.code]).toEqual([401, 'token.revoked']);
    await poll(
      'the other node to refuse',
      async () => ((await this.second.get('/v1/auth/verify', { token: accessToken })).status === 401 ? true : undefined),
      TOLD_MS,
    );
    expect((await this.second.post('/v1/auth/refresh', { refreshToken })).status).toBe(401);
  }
}
