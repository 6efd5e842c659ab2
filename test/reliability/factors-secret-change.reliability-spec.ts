import { afterEach, describe, expect, it } from 'vitest';
import { signedIn } from '../support/accounts.js';
import { createDatabase } from '../support/databases.js';
import { addTotp, forgetStep, showFactor, totpCode } from '../support/factors.js';
import { poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';

const OLD = 'the-former-root-secret-0123456789abcdefghijklmnop';
const NEXT = 'the-coming-root-secret-0123456789abcdefghijklmnop';

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
});
