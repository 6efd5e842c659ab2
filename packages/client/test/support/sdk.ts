import { expect } from 'vitest';
import { PASSWORD, freshEmail } from '../../../../test/support/accounts.js';
import { sharedApp } from '../../../../test/support/start-app.js';
import { type AuthEvent, type Session, type SessionStorage, createClient, memoryStorage } from '../../src/index.js';

/** Another password than that of test accounts. */
export const NEW_PASSWORD = 'seven calm rivers run';

/** Starts what the tests of the SDK need: a server that listens, and clients of it. */
export async function startSdk(environment: Record<string, string> = {}) {
  const app = await sharedApp(environment);
  const url = await app.listen();
  const make = (storage: SessionStorage = memoryStorage()) => makeClient(url, storage);

  const signedUp = async (made = make()) => {
    const email = freshEmail('sdk');
    const { error } = await made.client.auth.signUp({ email, password: PASSWORD });
    expect(error).toBeNull();
    return { ...made, email };
  };

  const signedIn = async (made = make()) => {
    const user = await signedUp(made);
    const { data } = await user.client.auth.signInWithPassword({ identifier: user.email, password: PASSWORD });
    return { ...user, session: data!.session };
  };

  return { app, url, make, signedUp, signedIn };
}

/** A client that counts what it sends. */
function makeClient(url: string, storage: SessionStorage) {
  const sent: string[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    sent.push(`${request.method} ${new URL(request.url).pathname}`);
    return globalThis.fetch(request);
  };
  const client = createClient({ url, storage, fetch });
  const events: [AuthEvent, string | null][] = [];
  return {
    client,
    sent,
    storage,
    events,
    watch: () => client.auth.onAuthStateChange((event, session) => events.push([event, session?.user.email ?? null])),
  };
}

/** Makes the stored access token one that has just expired. */
export async function age(storage: SessionStorage, changes: Partial<Session> = { expiresAt: Date.now() - 1 }): Promise<void> {
  await storage.set(JSON.stringify({ ...JSON.parse(String(await storage.get())), ...changes }));
}
