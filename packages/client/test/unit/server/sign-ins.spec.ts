import { describe, expect, it } from 'vitest';
import { withSignIn } from '../../../src/sign-in.js';
import { type ServerClient, createWebAdapter } from '../../../src/web.js';
import { BrowserCookies } from '../../support/browser-cookies.js';
import { CODE, CREDENTIALS, SignInModel } from '../support/sign-in-model.js';

/** A browser that visits an app whose pages are rendered on a server: each step of a sign-in is a request with a client of its own. */
function makeApp(model = new SignInModel({ afterPassword: 'needs_second_factor' })) {
  const browser = new BrowserCookies();
  const { handle } = createWebAdapter({ url: 'https://accounts.example.com', fetch: model.fetch });
  const visit = async <T>(work: (client: ServerClient) => Promise<T>): Promise<T> => {
    let result: T | undefined;
    browser.takeFrom(
      await handle({ headers: new Headers({ cookie: browser.header }) }, async (client) => {
        result = await work(client);
        return new Response();
      }),
    );
    return result as T;
  };
  return { model, browser, visit };
}

describe('a sign-in through a server that renders pages', () => {
  it('goes on in the next request, and opens a session there', async () => {
    const { browser, visit } = makeApp();
    expect((await visit((client) => withSignIn(client).signIn.start(CREDENTIALS))).data?.status).toBe('needs_second_factor');
    expect((await visit((client) => client.auth.getSession())).data).toEqual({ session: null });
    // The page with the field for the code is loaded anew, or again.
    expect((await visit((client) => withSignIn(client).signIn.resume())).data?.status).toBe('needs_second_factor');
    const { data } = await visit((client) => withSignIn(client).signIn.totp(CODE));
    expect(data).toMatchObject({ status: 'complete', user: { id: 'ada' } });
    expect((await visit((client) => client.auth.getUser())).data?.user.id).toBe('ada');
    expect(browser.all.filter(({ name }) => name.includes('sign-in'))).toEqual([]);
  });

  it('goes on from a password form that knows no second factor', async () => {
    const { visit } = makeApp();
    const signIn = await visit(async (client) => {
      const { error } = await client.auth.signInWithPassword(CREDENTIALS);
      return withSignIn(client).signIn.continue(error!);
    });
    expect(signIn.data?.status).toBe('needs_second_factor');
    expect((await visit((client) => withSignIn(client).signIn.totp(CODE))).data?.status).toBe('complete');
  });

  it('trusts the device by a cookie', async () => {
    const { visit } = makeApp();
    await visit((client) => withSignIn(client).signIn.start(CREDENTIALS));
    await visit((client) => withSignIn(client).signIn.totp(CODE, { trustDevice: true }));
    await visit((client) => client.auth.signOut());
    expect((await visit((client) => withSignIn(client).signIn.start(CREDENTIALS))).data?.status).toBe('complete');
  });

  it('raises the session of its cookies, which goes on being refreshed', async () => {
    const { visit } = makeApp(new SignInModel());
    await visit((client) => withSignIn(client).signIn.start(CREDENTIALS));
    const refused = await visit((client) => withSignIn(client).authenticators.newRecoveryCodes());
    expect(refused.error?.code).toBe('auth.step_up_required');
    const raised = await visit(async (client) => {
      const onStepUp = (signIn: { totp(code: string): unknown }) => void signIn.totp(CODE);
      return (await withSignIn(client, { onStepUp }).authenticators.newRecoveryCodes()).data;
    });
    expect(raised).toEqual({ recoveryCodes: ['a'] });
    // In a later request, with the cookies alone.
    expect((await visit((client) => withSignIn(client).authenticators.newRecoveryCodes())).error).toBeNull();
  });
});
