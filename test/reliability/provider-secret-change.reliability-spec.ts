import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createDatabase } from '../support/databases.js';
import { FEDERATED, addProvider, falseProvider, signInBy } from '../support/federation.js';
import { poll } from '../support/poll.js';
import { type TestApp, startApp } from '../support/start-app.js';

const OLD = 'the-former-root-secret-0123456789abcdefghijklmnop';
const NEXT = 'the-coming-root-secret-0123456789abcdefghijklmnop';

describe('secrets of identity providers, when APP_SECRET changes', () => {
  let running: TestApp | undefined;
  const start = async (environment: Record<string, string>, databaseUrl: string): Promise<TestApp> => {
    await running?.stop();
    running = undefined;
    running = await startApp({ ...FEDERATED, ...environment }, databaseUrl);
    return running;
  };
  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });
  afterAll(async () => (await falseProvider()).stop());

  it('are sealed under the new one by the first start, and people sign in by the provider all the while', async () => {
    const databaseUrl = await createDatabase();
    const fake = await falseProvider();
    let app = await start({ APP_SECRET: OLD }, databaseUrl);
    // Unreadable here, as after a change whose former secret was lost; it stands before the other.
    const lost = await addProvider(app, { slug: 'other', issuer: fake.issuer, signUps: true, enabled: true });
    await app.rows(`UPDATE providers SET client_secret = 'AAAAAAAA.' || split_part(client_secret, '.', 2) WHERE id = $1`, [lost]);
    const id = await addProvider(app, { issuer: fake.issuer, signUps: true, emailTrusted: true });
    const sealed = async (): Promise<string> => {
      const [row] = await app.rows<{ sealed: string }>('SELECT client_secret AS sealed FROM providers WHERE id = $1', [id]);
      return String(row?.sealed);
    };
    const signsIn = async (sub: string): Promise<string | null> =>
      (await signInBy(app, fake, { sub, email: `${sub}@example.com`, email_verified: true })).code;
    const before = await sealed();
    expect(await signsIn('ada')).toBeNull();

    app = await start({ APP_SECRET: NEXT, APP_SECRET_PREVIOUS: OLD }, databaseUrl);
    expect(await signsIn('ada')).toBeNull();
    await poll('a secret under the new key', async () => ((await sealed()) === before ? undefined : true));
    expect((await sealed()).split('.')[0]).not.toBe(before.split('.')[0]);
    await poll('a word about the other', async () =>
      app.logs.some((line) => line.includes('identity provider other')) ? true : undefined,
    );

    app = await start({ APP_SECRET: NEXT }, databaseUrl);
    expect(await signsIn('ada')).toBeNull();
    expect(await signsIn('grace')).toBeNull();
  });
});
