import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/common/errors.js';
import { SessionOpening } from '../../src/tokens/sessions/session-opening.service.js';
import type { IssuedTokens } from '../../src/tokens/sessions/session-tokens.service.js';
import { SessionsService } from '../../src/tokens/sessions/sessions.service.js';
import { SessionRefusedError } from '../../src/tokens/sessions/errors.js';
import type { Credentials } from '../../src/users/account.js';
import { UsersService } from '../../src/users/users.service.js';
import { signedIn } from '../support/accounts.js';
import { TOLD_MS, poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';
import { sidOf } from '../support/tokens.js';

const ONE_FACTOR = { level: 1, methods: ['pwd'], authenticatorIds: [], recovered: false } as const;

const CALLER = { ip: '127.0.0.1', userAgent: null, requestId: 'race', limits: [] };

const ENVIRONMENT = { DATABASE_POOL_SIZE: '20', MAIL_WORKER: 'off' };

/** Races per pairing. */
const ROUNDS = 120;
const AT_ONCE = 4;

type Minted = Pick<IssuedTokens, 'accessToken' | 'refreshToken'>;

/**
 * What is minted while a session is being ended must be good for nothing as soon as both requests are through. Sessions are
 * opened and refreshed through the services, since hashing a password each time would leave nothing to race.
 */
describe('races', () => {
  let app: TestApp;
  let second: TestApp;
  beforeAll(async () => {
    app = await startApp(ENVIRONMENT);
    second = await startApp(ENVIRONMENT, app.settings.DATABASE_URL);
  });
  afterAll(async () => {
    await second.stop();
    await app.stop();
  });

  /** The last step of a sign-in whose password was compared when `credentials` were read. */
  const open = (node: TestApp, credentials: Credentials, mintsAccess = false): Promise<Minted> => {
    const { account, sessionEpoch } = credentials;
    const subject = { id: account.id, roles: account.roles, emailVerified: false };
    return node.nest
      .get(SessionOpening)
      .open({ subject, sessionEpoch, assurance: ONE_FACTOR, clientId: 'latchkey', mintsAccess, caller: CALLER });
  };
  const credentialsOf = async (email: string): Promise<Credentials> => {
    const credentials = await app.nest.get(UsersService).findCredentials(email);
    if (credentials === null) throw new Error(`No account ${email}`);
    return credentials;
  };
  const refresh = (node: TestApp, { refreshToken }: Minted): Promise<Minted> =>
    node.nest.get(SessionsService).refresh(refreshToken, CALLER);

  const mint = (node: TestApp, { refreshToken }: Minted): Promise<Minted> =>
    node.nest.get(SessionsService).mintAccess(refreshToken, CALLER);

  /** What came of `work`; nothing when it was refused for a reason that callers are told. */
  const attempt = async (work: Promise<Minted>): Promise<Minted[]> => {
    try {
      return [await work];
    } catch (error) {
      if (error instanceof SessionRefusedError || (error instanceof AppError && error.code.startsWith('refresh_token.'))) return [];
      throw error;
    }
  };

  const expectDead = async (minted: readonly Minted[]): Promise<void> => {
    for (const { accessToken, refreshToken } of minted) {
      const answers = [
        await app.get('/v1/auth/verify', { token: accessToken }),
        await app.post('/v1/auth/refresh', { refreshToken }),
        await second.post('/v1/auth/refresh', { refreshToken }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
      await poll(
        'the other node to refuse the access token',
        async () => ((await second.get('/v1/auth/verify', { token: accessToken })).status === 401 ? true : undefined),
        TOLD_MS,
      );
    }
  };

  const inParallel = async (round: () => Promise<void>): Promise<void> => {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let done = 0; done < ROUNDS / AT_ONCE; done += 1) await round();
      }),
    );
  };

  const ENDINGS = {
    logout: ({ accessToken: token }: Minted) => app.post('/v1/auth/logout', undefined, { token }),
    'logout-all': ({ accessToken: token }: Minted) => app.post('/v1/auth/logout-all', undefined, { token }),
    'revoking it': ({ accessToken: token }: Minted) => app.call('DELETE', `/v1/users/me/sessions/${sidOf(token)}`, { token }),
  };

  it.each(Object.entries(ENDINGS))('a refresh against %s leaves nothing alive', async (_, end) => {
    const user = await signedIn(app);
    let refreshed = 0;
    await inParallel(async () => {
      const [session] = await attempt(open(app, await credentialsOf(user.email)));
      // A parallel round ended all sessions of the account while this one was being opened.
      if (session === undefined) return;
      const [first, again, ending] = await Promise.all([
        attempt(refresh(app, session)),
        pause().then(() => attempt(refresh(second, session))),
        pause().then(() => end(session)),
      ]);
      expect([204, 401]).toContain(ending.status);
      refreshed += first.length + again.length;
      await expectDead([session, ...first, ...again]);
    });
    expect(refreshed).toBeGreaterThan(0);
  });

  it('an access token minted without rotation against logout-all is dead', async () => {
    const user = await signedIn(app);
    let minted = 0;
    await inParallel(async () => {
      const [session] = await attempt(open(app, await credentialsOf(user.email), true));
      if (session === undefined) return;
      const [first, again, ending] = await Promise.all([
        attempt(mint(app, session)),
        pause().then(() => attempt(mint(second, session))),
        pause().then(() => ENDINGS['logout-all'](session)),
      ]);
      expect([204, 401]).toContain(ending.status);
      minted += first.length + again.length;
      await expectDead([session, ...first, ...again]);
    });
    expect(minted).toBeGreaterThan(0);
  });

  it('a sign-in against logout-all leaves nothing alive', async () => {
    let opened = 0;
    for (let round = 0; round < ROUNDS / AT_ONCE; round += 1) {
      const user = await signedIn(app);
      const credentials = await credentialsOf(user.email);
      const signIns = Array.from({ length: AT_ONCE }, () => pause().then(() => attempt(open(second, credentials))));
      const [minted] = await Promise.all([Promise.all(signIns), pause().then(() => ENDINGS['logout-all'](user))]);
      opened += minted.flat().length;
      await expectDead([user, ...minted.flat()]);
    }
    expect(opened).toBeGreaterThan(0);
  });
});

/** A moment within which the requests of a race overlap in every order. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
}
