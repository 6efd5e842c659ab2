import { afterEach, describe, expect, it } from 'vitest';
import { RecoveryCodesService } from '../../src/auth/authenticators/recovery-codes.service.js';
import { Secrets } from '../../src/config/secrets.js';
import { signedIn } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { addTotp, forgetStep, showFactor, totpCode } from '../support/factors.js';
import { poll } from '../support/poll.js';
import { attempt, beginWithPassword } from '../support/sign-ins.js';
import { type TestApp, startApp } from '../support/start-app.js';

const OLD = 'the-former-root-secret-0123456789abcdefghijklmnop';
const NEXT = 'the-coming-root-secret-0123456789abcdefghijklmnop';

const AUTHENTICATORS = '/v1/users/me/authenticators';

describe('second factors, when APP_SECRET changes', () => {
  let running: TestApp | undefined;
  const start = async (environment: Record<string, string>, databaseUrl: string): Promise<TestApp> => {
    await running?.stop();
    running = undefined;
    running = await startApp(environment, databaseUrl);
    return running;
  };
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

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
    /** Signs in by the app, as somebody does who has it. @returns an access token */
    const byCode = async (): Promise<string> => {
      const signIn = await beginWithPassword(app, user);
      await forgetStep(app, totp.id);
      return (await attempt(app, signIn, { totp: totpCode(totp.secret) })).body.session.accessToken;
    };
    const left = async (): Promise<number> => (await app.get(AUTHENTICATORS, { token: await byCode() })).body.recoveryCodes.left;
    const isOffered = async (): Promise<boolean> =>
      (await beginWithPassword(app, user)).factors.some((factor) => (factor as { type: string }).type === 'recovery_code');
    expect([await left(), await isOffered()]).toEqual([10, true]);

    app = await start({ APP_SECRET: NEXT, APP_SECRET_PREVIOUS: OLD }, databaseUrl);
    await poll('secrets under the new key', async () =>
      (await app.rows(`SELECT id FROM authenticators WHERE secret LIKE $1`, [`${app.nest.get(Secrets).currentId}.%`])).length === 1
        ? true
        : undefined,
    );
    expect([await left(), await isOffered()]).toEqual([10, true]);

    app = await start({ APP_SECRET: NEXT }, databaseUrl);
    expect([await left(), await isOffered()]).toEqual([0, false]);
    // With another app the account gets codes, as with its first.
    expect((await addTotp(app, await byCode(), 'Second')).recoveryCodes).toHaveLength(10);
    expect([await left(), await isOffered()]).toEqual([10, true]);
  });

  it('recovery codes of a secret that only other servers have yet count, and are not taken for wrong', async () => {
    const app = await start({ APP_SECRET: NEXT }, await createDatabase());
    const { id, accessToken } = await signedIn(app);
    const { recoveryCodes } = await addTotp(app, accessToken);
    const left = (): Promise<number> => app.nest.get(RecoveryCodesService, { strict: false }).countLeft(id);
    await app.rows(`UPDATE recovery_codes SET key_id = 'newest-1', mac = decode(md5(mac::text), 'hex')`);
    expect(await left()).toBe(0);
    app.nest.get(Secrets).noteUse('newest-1');
    expect(await left()).toBe(10);
    await expect(showFactor(app, id, { recoveryCode: String(recoveryCodes[0]) })).rejects.toMatchObject({ code: 'server.secret_outdated' });
    // Nobody knows of which secret the oldest rows are.
    await app.rows(`UPDATE recovery_codes SET key_id = NULL`);
    expect(await left()).toBe(10);
  });
});
