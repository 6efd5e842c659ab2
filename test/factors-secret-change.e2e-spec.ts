import { afterEach, describe, expect, it } from 'vitest';
import { RecoveryCodesService } from '../src/auth/authenticators/recovery-codes.service.js';
import { Secrets } from '../src/config/secrets.js';
import { loadSettings } from '../src/config/load-settings.js';
import { SETTINGS } from '../src/capabilities.js';
import { signedIn } from './support/accounts.js';
import { createDatabase } from './support/databases.js';
import { addTotp, atLevel, forgetStep, showFactor, totpCode } from './support/factors.js';
import { poll } from './support/poll.js';
import { attempt, beginWithPassword } from './support/sign-ins.js';
import { type TestApp, startApp } from './support/start-app.js';

const OLD = 'the-former-root-secret-0123456789abcdefghijklmnop';
const NEXT = 'the-coming-root-secret-0123456789abcdefghijklmnop';

const AUTHENTICATORS = '/v1/users/me/authenticators';

/** The public id of a root secret. */
const idOf = (secret: string): string => new Secrets(loadSettings(SETTINGS, { NODE_ENV: 'test', APP_SECRET: secret })).currentId;

describe('second factors, when APP_SECRET changes', () => {
  let running: TestApp | undefined;
  const start = async (environment: Record<string, string>, databaseUrl: string): Promise<TestApp> => {
    await running?.stop();
    running = undefined;
    running = await startApp(environment, databaseUrl);
    return running;
  };
  afterEach(() => running?.stop());

  it('go on working: secrets of apps are sealed anew, recovery codes are found under both', async () => {
    const databaseUrl = await createDatabase();
    let app = await start({ APP_SECRET: OLD }, databaseUrl);
    const { id, accessToken } = await signedIn(app);
    const totp = await addTotp(app, accessToken);
    const sealed = async (): Promise<string> => (await app.rows<{ secret: string }>('SELECT secret FROM authenticators'))[0]?.secret ?? '';
    const before = await sealed();

    app = await start({ APP_SECRET: NEXT, APP_SECRET_PREVIOUS: OLD }, databaseUrl);
    await poll('a secret under the new key', async () => ((await sealed()) === before ? undefined : true));
    await showFactor(app, id, { totp: totpCode(totp.secret) });
    await showFactor(app, id, { recoveryCode: String(totp.recoveryCodes[0]) });

    app = await start({ APP_SECRET: NEXT }, databaseUrl);
    await forgetStep(app, totp.id);
    await showFactor(app, id, { totp: totpCode(totp.secret) });
    // Only hashes of them are kept: those that were made under the former secret end with it.
    await expect(showFactor(app, id, { recoveryCode: String(totp.recoveryCodes[1]) })).rejects.toMatchObject({ code: 'factor.invalid' });
  });

  it('recovery codes that no key can check any more count as none, so that the owner makes new ones', async () => {
    const databaseUrl = await createDatabase();
    let app = await start({ APP_SECRET: OLD }, databaseUrl);
    const user = await signedIn(app);
    const totp = await addTotp(app, user.accessToken);
    const left = async (): Promise<number> => {
      const { accessToken } = await atLevel(app, { ...user, ...(await tokens()) });
      return (await app.get(AUTHENTICATORS, { token: accessToken })).body.recoveryCodes.left;
    };
    /** Signs in by the app, as somebody does who has it. */
    const tokens = async () => {
      const signIn = await beginWithPassword(app, user);
      await forgetStep(app, totp.id);
      return (await attempt(app, signIn, { totp: totpCode(totp.secret) })).body.session;
    };
    const isOffered = async (): Promise<boolean> =>
      (await beginWithPassword(app, user)).factors.some((factor) => (factor as { type: string }).type === 'recovery_code');
    expect([await left(), await isOffered()]).toEqual([10, true]);

    app = await start({ APP_SECRET: NEXT, APP_SECRET_PREVIOUS: OLD }, databaseUrl);
    await poll('secrets under the new key', async () =>
      (await app.rows(`SELECT id FROM authenticators WHERE secret LIKE $1`, [`${app.nest.get(Secrets).currentId}.%`])).length === 1 ? true : undefined,
    );
    expect([await left(), await isOffered()]).toEqual([10, true]);

    app = await start({ APP_SECRET: NEXT }, databaseUrl);
    expect([await left(), await isOffered()]).toEqual([0, false]);
    // With another app the account gets codes, as with its first.
    const { accessToken } = await atLevel(app, { ...user, ...(await tokens()) });
    expect((await addTotp(app, accessToken, 'Second')).recoveryCodes).toHaveLength(10);
    expect([await left(), await isOffered()]).toEqual([10, true]);
  });

  it('a server that lacks the newest secret takes no code of it for wrong, and counts it', async () => {
    const databaseUrl = await createDatabase();
    let app = await start({ APP_SECRET: NEXT }, databaseUrl);
    const { id, accessToken } = await signedIn(app);
    const { recoveryCodes } = await addTotp(app, accessToken);
    app = await start({ APP_SECRET: OLD }, databaseUrl);
    app.nest.get(Secrets).noteUse(idOf(NEXT));
    await expect(showFactor(app, id, { recoveryCode: String(recoveryCodes[0]) })).rejects.toMatchObject({ code: 'server.secret_outdated' });
    expect(await app.nest.get(RecoveryCodesService, { strict: false }).countLeft(id)).toBe(10);
  });
});
